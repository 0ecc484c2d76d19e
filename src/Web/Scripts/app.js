// What every page runs. Each part stands alone, and a page without any of it still works.
import 'htmx.org';
import './live-part.js';
import './time-ago.js';
import './trend-chart.js';
import './forms.js';

if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register('/worker.js').catch(() => {
    // Without it a page only says less kindly that there is no network.
  });
}
