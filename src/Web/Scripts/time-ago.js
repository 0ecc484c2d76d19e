// <time data-ago>: how long ago, kept true while the page stays open. The server wrote the first text and the exact time beside it.
const language = document.documentElement.lang;
const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const steps = [['minute', 60], ['hour', 3600], ['day', 86400]];

function refresh() {
  for (const element of document.querySelectorAll('time[data-ago]')) {
    const seconds = (Date.parse(element.dateTime) - Date.now()) / 1000;
    const age = Math.abs(seconds);
    if (age < 60 || age >= 30 * 86400) {
      continue;
    }
    const [unit, size] = steps.findLast(([, s]) => age >= s);
    const text = ago.format(Math.trunc(seconds / size), unit);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

setInterval(refresh, 30_000);
document.addEventListener('htmx:after:swap', refresh);
