import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, AriaComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

/** The look's own tokens, as they are now: light or dark. */
function tokens(element) {
  const probe = document.createElement('span');
  element.append(probe);
  const of = name => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const read = Object.fromEntries(['ink', 'ink-2', 'line', 'paper', 'brand', 'good-back', 'act', 'data-1', 'data-2'].map(n => [n, of(n)]));
  probe.remove();
  return read;
}

const number = cell => (cell?.dataset.value === undefined || cell.dataset.value === '' ? null : Number(cell.dataset.value));

function rowsOf(table) {
  return [...table.tBodies[0].rows].map(row => ({
    at: row.dataset.at, label: row.cells[0].textContent.trim(), isOut: row.dataset.out === 'yes',
    values: [...row.cells].slice(1).filter(c => 'value' in c.dataset).map(number),
  })).reverse();
}

function trend(element, rows, look) {
  const low = element.dataset.low ? Number(element.dataset.low) : null;
  const high = element.dataset.high ? Number(element.dataset.high) : null;
  const all = rows.flatMap(r => r.values).concat(low ?? [], high ?? []).filter(v => v !== null);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const room = (most - least || Math.abs(most) || 1) * 0.15;
  const names = [...element.querySelectorAll('thead th[data-series]')].map(h => h.textContent.trim());
  const series = names.map((name, i) => ({
    type: 'line', name, symbolSize: 9, lineStyle: { width: 2.5 }, color: look[`data-${i + 1}`],
    data: rows.filter(r => r.values[i] !== null).map(r => ({
      value: [r.at, r.values[i]], symbol: r.isOut ? 'diamond' : 'circle', itemStyle: r.isOut ? { color: look.act } : undefined,
    })),
    endLabel: { show: names.length > 1, formatter: '{a}', color: look.ink },
    markArea: i === 0 && (low !== null || high !== null)
      ? { silent: true, itemStyle: { color: look['good-back'] }, data: [[{ yAxis: low ?? least - room }, { yAxis: high ?? most + room }]] }
      : undefined,
  }));
  return {
    grid: { left: 8, right: names.length > 1 ? 64 : 20, top: 16, bottom: 4, containLabel: true },
    xAxis: { type: 'time', axisLine: { lineStyle: { color: look.line } }, axisLabel: { color: look['ink-2'], hideOverlap: true }, splitLine: { show: false } },
    yAxis: {
      type: 'value', min: v => Math.max(0, Math.floor((Math.min(v.min, least) - room) * 10) / 10), max: Math.ceil((most + room) * 10) / 10,
      axisLabel: { color: look['ink-2'], showMinLabel: false, showMaxLabel: false }, splitLine: { lineStyle: { color: look.line } },
    },
    tooltip: { trigger: 'axis', renderMode: 'richText', backgroundColor: look.paper, borderColor: look.line, textStyle: { color: look.ink } },
    series,
  };
}

function bars(element, rows, look) {
  return {
    grid: { left: 8, right: 56, top: 8, bottom: 4, containLabel: true },
    xAxis: { type: 'value', min: 0, axisLabel: { color: look['ink-2'] }, splitLine: { lineStyle: { color: look.line } } },
    yAxis: { type: 'category', data: rows.map(r => r.label), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: look.ink, width: 160, overflow: 'truncate' } },
    series: [{ type: 'bar', data: rows.map(r => r.values[0]), barMaxWidth: 18, color: look['data-1'], label: { show: true, position: 'right', color: look.ink } }],
  };
}

/** Draws the chart of a <trend-chart>, and again when the look or the size changes. */
export function draw(element) {
  const table = element.querySelector('table');
  const canvas = document.createElement('div');
  canvas.className = 'chart-canvas';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', element.getAttribute('label') ?? '');
  element.prepend(canvas);
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const chart = init(canvas);
  const paint = () => {
    const make = element.dataset.kind === 'bars' ? bars : trend;
    const look = tokens(element);
    const style = getComputedStyle(element);
    chart.setOption({ animation: !calm, animationDuration: 150, textStyle: { fontFamily: style.fontFamily, fontSize: 13 }, ...make(element, rowsOf(table), look) }, true);
  };
  paint();
  const size = new ResizeObserver(() => chart.resize());
  size.observe(canvas);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', paint);
  return {
    dispose() {
      size.disconnect();
      dark.removeEventListener('change', paint);
      chart.dispose();
    },
  };
}
