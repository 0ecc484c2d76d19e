// <trend-chart label="…"><table>…</table></trend-chart>: a chart drawn from the table inside, which stays for whoever reads tables.
// Charts are a large file; it is fetched by the first chart that comes near the window.
class TrendChart extends HTMLElement {
  connectedCallback() {
    this.watch = new IntersectionObserver(async seen => {
      if (!seen.some(s => s.isIntersecting)) {
        return;
      }
      this.watch.disconnect();
      const { draw } = await import('./charts.js');
      this.chart = draw(this);
    }, { rootMargin: '200px' });
    this.watch.observe(this);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    this.chart?.dispose();
  }
}

customElements.define('trend-chart', TrendChart);
