import htmx from 'htmx.org';

// <live-part src="/live/…">: its content is replaced by what the server sends, and says so when the server falls silent.
class LivePart extends HTMLElement {
  connectedCallback() {
    this.onVisible = () => (document.hidden ? this.stop() : this.start());
    document.addEventListener('visibilitychange', this.onVisible);
    this.start();
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.onVisible);
    this.stop();
  }

  start() {
    if (this.source || document.hidden) {
      return;
    }
    this.source = new EventSource(this.getAttribute('src'));
    this.source.addEventListener('part', event => {
      this.dataset.state = 'live';
      htmx.swap({ sourceElement: this, target: this, text: event.data, swap: 'innerMorph' });
    });
    this.source.addEventListener('error', () => {
      this.dataset.state = 'stale';
    });
  }

  stop() {
    this.source?.close();
    this.source = null;
  }
}

customElements.define('live-part', LivePart);
