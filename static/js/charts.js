// Every chart. Draws <canvas data-chart="id"> from the JSON of the element with that id, which
// metrics/charts.py wrote. The notation follows from each series' role; colours are tokens.css's.
(() => {
  "use strict";

  const { Chart } = window;
  const drawn = new Map(); // canvas -> {chart, narrow}
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const NARROW = 460;
  const AXIS_ROOM = 0.08; // of what a line spans, above and below it
  const LANE = 19; // of the names of bands that overlap

  // --- Colours and numbers --------------------------------------------------------------------------

  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  function token(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  function faded(colour, alpha) {
    return colour.replace(/^rgb\((.*)\)$/, (_all, parts) => `rgb(${parts.split(",").join(" ")} / ${alpha})`);
  }

  // At 12 px Inter's narrow no-break space all but vanishes; in the drawing it is a plain one.
  function legible(text) {
    return text.replaceAll("\u202f", "\u00a0");
  }

  // Axis texts: whole numbers grouped, thousands and millions shortened as the server does.
  function axisFormat(data, largest, step) {
    const french = data.lang === "fr-FR";
    const percent = data.unit === "percent";
    const share = percent ? 100 : 1;
    const [scale, letter] = largest >= 1e6 ? [1e6, "M"] : largest >= 1e5 ? [1e3, french ? "k" : "K"] : [1, ""];
    const digits = Math.min(Math.max(0, Math.ceil(-Math.log10((step * share) / scale) - 1e-9)), 3);
    const figures = new Intl.NumberFormat(data.lang, { maximumFractionDigits: digits });
    const space = french ? "\u00a0" : "";
    const money = data.unit.startsWith("money") && data.currency;
    const sign = money
      ? new Intl.NumberFormat(data.lang, { style: "currency", currency: data.currency })
          .formatToParts(1)
          .find((part) => part.type === "currency").value
      : "";
    return (value) => {
      const text = legible(figures.format((value * share) / scale)) + (letter && space + letter);
      if (percent) return `${text}${space}%`;
      if (data.unit === "seconds") return `${text}\u00a0s`;
      if (!money) return text;
      return french ? `${text}\u00a0${sign}` : value < 0 ? `-${sign}${text.slice(1)}` : sign + text;
    };
  }

  // --- Notation: what each role looks like --------------------------------------------------------------

  function notation(role, place) {
    const others = ["c-2", "c-3", "c-4"];
    const looks = {
      actual: { token: "c-actual", width: 2.5, dash: [], order: 1 },
      smoothed: { token: "c-actual", width: 2.5, dash: [], order: 1 },
      previous: { token: "c-past", width: 1.5, dash: [], order: 4 },
      year_ago: { token: "c-past", width: 1.5, dash: [3, 2], order: 4 },
      target: { token: "c-target", width: 1.75, dash: [7, 4], order: 3 },
      plan: { token: "c-plan", width: 1.75, dash: [2, 4], order: 2 },
      forecast_low: { token: "c-forecast", width: 1, dash: [], order: 6 },
      forecast_median: { token: "c-forecast", ink: "c-forecast-ink", width: 1.75, dash: [6, 4], order: 5 },
      forecast_high: { token: "c-forecast", width: 1, dash: [], order: 6 },
      other: { token: others[place] ?? "c-past", width: 2, dash: [], order: 2 },
    };
    return looks[role];
  }

  function lastKnown(values) {
    return values.findLastIndex((value) => value !== null);
  }

  function lineSet(series, look, smoothed, lowPlace) {
    const colour = token(look.token);
    const raw = smoothed && series.role === "actual";
    const end = lastKnown(series.values);
    const alone = (i) => (series.values[i - 1] ?? null) === null && (series.values[i + 1] ?? null) === null;
    return {
      type: "line",
      borderColor: raw ? faded(colour, 0.45) : colour,
      borderWidth: raw ? 1 : look.width,
      borderDash: look.dash,
      borderCapStyle: look.dash[0] === 2 ? "round" : "butt",
      tension: 0,
      spanGaps: false,
      order: look.order,
      pointRadius: ({ dataIndex: i }) => {
        if (series.values[i] === null || series.role.startsWith("forecast")) return 0;
        if (raw) return 1.5;
        if (series.partial[i]) return 4;
        if (i === end && (series.role === "actual" || series.role === "smoothed")) return 4;
        return alone(i) ? 2.5 : 0;
      },
      pointHoverRadius: series.role.startsWith("forecast_l") || series.role.startsWith("forecast_h") ? 0 : 4.5,
      pointBackgroundColor: ({ dataIndex: i }) => (series.partial[i] ? token("paper") : colour),
      pointBorderColor: ({ dataIndex: i }) => (series.partial[i] ? colour : token("paper")),
      pointBorderWidth: raw ? 0 : 2,
      segment: {
        borderDash: (part) => (series.partial[part.p1DataIndex] ? [4, 4] : undefined),
      },
      fill: series.role === "forecast_high" && lowPlace >= 0 ? { value: lowPlace } : false,
      backgroundColor: faded(colour, 0.15),
    };
  }

  function barSet(series, look) {
    const colour = token(look.token);
    const quiet = series.role === "previous" || series.role === "year_ago" || series.role === "plan";
    const solid = quiet ? faded(token("c-past"), 0.45) : colour;
    return {
      type: "bar",
      backgroundColor: series.partial.map((partial) => (partial ? faded(colour, 0.12) : solid)),
      borderColor: quiet ? solid : colour,
      borderWidth: series.partial.map((partial) => (partial ? 1.5 : 0)),
      borderRadius: 3,
      maxBarThickness: 44,
      categoryPercentage: 0.78,
      barPercentage: 0.88,
      order: look.order + 10,
    };
  }

  function sets(data) {
    const smoothed = data.series.some((series) => series.role === "smoothed");
    const low = data.series.findIndex((series) => series.role === "forecast_low");
    let place = 0;
    return data.series.map((series) => {
      const look = notation(series.role, series.role === "other" ? place++ : 0);
      const lines = ["target", "smoothed", ...(data.kind === "bars" ? ["plan"] : [])];
      const asBar = data.kind === "hbars" || (data.kind === "bars" && !lines.includes(series.role));
      const drawnAs = asBar ? barSet(series, look) : lineSet(series, look, smoothed, low);
      if (drawnAs.fill?.value !== undefined) drawnAs.fill = low;
      const ink = token(look.ink ?? look.token);
      return { label: series.name, data: series.values, series, ink, ...drawnAs };
    });
  }

  // --- Plugins: labels at the ends of lines and bars, marks, bands -------------------------------------------

  function font(weight, size = 12) {
    return `${weight} ${size}px ${Chart.defaults.font.family}`;
  }

  function halo(ctx, text, x, y, ink) {
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = token("paper");
    ctx.strokeText(text, x, y);
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y);
  }

  function labelled(chart) {
    return chart.data.datasets
      .map((set, place) => ({ set, place, end: lastKnown(set.data) }))
      .filter(({ set, end }) => end >= 0 && set.type === "line" && !/^forecast_(low|high)$/.test(set.series.role))
      .filter(({ set }) => !(set.series.role === "actual" && chart.$data.series.some((s) => s.role === "smoothed")));
  }

  function spread(spots, top, bottom) {
    spots.sort((a, b) => a.y - b.y);
    spots.forEach((spot, i) => {
      spot.y = Math.max(spot.y, i ? spots[i - 1].y + 16 : top + 4);
    });
    for (let i = spots.length - 1, limit = bottom; i >= 0; i--, limit = spots[i + 1].y - 16)
      spots[i].y = Math.min(spots[i].y, limit);
  }

  const endLabels = {
    id: "endLabels",
    afterDatasetsDraw(chart) {
      const { ctx, chartArea: area, $data: data } = chart;
      if (data.kind === "hbars") return barEnds(chart);
      if (!chart.$direct) return;
      ctx.save();
      ctx.font = font(600);
      ctx.textBaseline = "middle";
      const margin = [];
      for (const { set, place, end } of labelled(chart)) {
        const at = chart.getDatasetMeta(place).data[end];
        const spot = { text: set.series.endLabel, ink: set.ink, x: at.x, y: at.y };
        if (area.right - at.x < 12) margin.push(spot);
        else {
          const rising = end === 0 || set.data[end] >= (set.data[end - 1] ?? set.data[end]);
          ctx.textAlign = "left";
          const fits = at.x + 6 + ctx.measureText(spot.text).width < area.right;
          if (!fits) ctx.textAlign = "right";
          halo(ctx, spot.text, at.x + (fits ? 6 : -6), at.y + (rising ? 16 : -16), spot.ink);
        }
      }
      spread(margin, area.top, area.bottom);
      ctx.textAlign = "left";
      margin.forEach((spot) => halo(ctx, spot.text, area.right + 9, spot.y, spot.ink));
      ctx.restore();
    },
  };

  function barEnds(chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.textBaseline = "middle";
    chart.data.datasets.forEach((set, place) => {
      const main = set.series.role === "actual" || set.series.role === "other";
      ctx.font = font(main ? 600 : 400, main ? 12 : 11);
      chart.getDatasetMeta(place).data.forEach((bar, i) => {
        const value = set.data[i];
        const left = value !== null && value < 0;
        ctx.textAlign = left ? "right" : "left";
        const from = value === null ? chart.scales.x.getPixelForValue(0) : bar.x;
        halo(ctx, set.series.texts[i], from + (left ? -6 : 6), bar.y, token(main ? "ink" : "ink-3"));
      });
    });
    ctx.restore();
  }

  const marks = {
    id: "marks",
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales, $data: data } = chart;
      if (!data.bands.length || data.kind === "hbars") return;
      const half = data.labels.length > 1 ? (scales.x.getPixelForValue(1) - scales.x.getPixelForValue(0)) / 2 : 8;
      const ends = []; // of each lane: where its last band ends, so that none lies over another
      ctx.save();
      ctx.font = font(400, 11);
      ctx.textBaseline = "top";
      const bands = data.bands.map((band) => {
        const left = Math.max(scales.x.getPixelForValue(band.start) - half, area.left);
        const right = Math.min(scales.x.getPixelForValue(band.end) + half, area.right);
        const free = ends.findIndex((end) => end <= left);
        const lane = free < 0 ? ends.length : free;
        ends[lane] = right;
        return { left, right, top: area.top + lane * LANE, text: band.text };
      });
      for (const band of bands) tint(ctx, area, band);
      for (const band of bands) bandEdge(ctx, band);
      ctx.restore();
    },
    afterDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales, $data: data } = chart;
      if (data.kind === "hbars") return;
      ctx.save();
      ctx.textBaseline = "middle";
      let free = area.left;
      for (const mark of [...data.annotations].sort((a, b) => a.index - b.index)) {
        const x = scales.x.getPixelForValue(mark.index);
        if (mark.today) todayLine(ctx, area, x, mark.text);
        else if (mark.line) changeLine(ctx, area, x, mark.text);
        else if (mark.number !== null) milestone(ctx, area, x, mark.number);
        else free = note(ctx, area, x, mark.text, free);
      }
      ctx.restore();
    },
  };

  // Over the height of the chart; what spans all of it tells nothing apart, and has none.
  function tint(ctx, area, { left, right }) {
    if (left <= area.left && right >= area.right) return;
    ctx.fillStyle = token("c-band");
    ctx.fillRect(left, area.top, right - left, area.bottom - area.top);
  }

  // A bar in the band's lane, and under it as much of the name as fits.
  function bandEdge(ctx, { left, right, top, text }) {
    ctx.fillStyle = token("c-band-edge");
    ctx.fillRect(left, top, right - left, 3);
    const shown = cutTo(ctx, text, right - left - 8);
    if (shown) halo(ctx, shown, left + 4, top + 5, token("ink-3"));
  }

  function cutTo(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    for (let length = text.length - 1; length >= 4; length--) {
      const cut = `${text.slice(0, length).trimEnd()}…`;
      if (ctx.measureText(cut).width <= width) return cut;
    }
    return "";
  }

  function todayLine(ctx, area, x, text) {
    ctx.strokeStyle = token("field-line");
    ctx.lineWidth = 1;
    ctx.setLineDash([1, 3]);
    ctx.beginPath();
    ctx.moveTo(x, area.top);
    ctx.lineTo(x, area.bottom);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.font = font(400, 11);
    const fits = x + 6 + ctx.measureText(text).width < area.right;
    ctx.textAlign = fits ? "left" : "right";
    halo(ctx, text, x + (fits ? 5 : -5), area.bottom - 8, token("ink-3"));
  }

  // Before it, numbers meant something else: across the chart, its text at the top.
  function changeLine(ctx, area, x, text) {
    ctx.strokeStyle = token("ink-2");
    ctx.lineWidth = 1.25;
    ctx.setLineDash([6, 3]);
    ctx.beginPath();
    ctx.moveTo(x, area.top);
    ctx.lineTo(x, area.bottom);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.font = font(600, 11);
    const right = x + 6 + ctx.measureText(text).width < area.right;
    ctx.textAlign = right ? "left" : "right";
    halo(ctx, text, x + (right ? 5 : -5), area.top + 8, token("ink-2"));
  }

  function milestone(ctx, area, x, number) {
    ctx.fillStyle = token("paper");
    ctx.strokeStyle = token("ink-2");
    ctx.lineWidth = 1.25;
    ctx.beginPath();
    ctx.arc(x, area.bottom, 8, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    ctx.font = font(600, 10);
    ctx.textAlign = "center";
    ctx.fillStyle = token("ink-2");
    ctx.fillText(String(number), x, area.bottom + 0.5);
  }

  // A tick on the baseline; its text only where there is room: the table has them all.
  function note(ctx, area, x, text, free) {
    ctx.strokeStyle = token("ink-2");
    ctx.lineWidth = 1.25;
    ctx.beginPath();
    ctx.moveTo(x, area.bottom);
    ctx.lineTo(x, area.bottom - 22);
    ctx.stroke();
    ctx.font = font(400, 11);
    const wide = ctx.measureText(text).width;
    const after = x + 4 + wide < area.right;
    const start = after ? x + 4 : x - 4 - wide;
    if (area.right - area.left < 280 || start < free) return free;
    ctx.textAlign = "left";
    halo(ctx, text, start, area.bottom - 18, token("ink-2"));
    return Math.max(start + wide, x) + 8;
  }

  // --- Axes ---------------------------------------------------------------------------------------------------

  // Which periods get a text: firsts of months for long spans of days, Mondays for shorter ones.
  function tickPlaces(data, width) {
    const all = data.labels.map((_label, i) => i);
    let places = all;
    if (data.grain === "day" && all.length > 45) places = all.filter((i) => data.labels[i].endsWith("-01"));
    else if (data.grain === "day" && all.length > 14)
      places = all.filter((i) => new Date(`${data.labels[i]}T00:00:00Z`).getUTCDay() === 1);
    const gaps = places.slice(1).map((place, i) => place - places[i]);
    const closest = (Math.min(...gaps, all.length) * width) / all.length;
    const step = Math.max(1, Math.ceil((widest(places.map((i) => data.ticks[i]), 400) + 14) / closest));
    return places.filter((_place, i) => i % step === 0);
  }

  // A line that comes near zero starts there: the room below would show values that cannot be.
  function nearZero(data) {
    const values = data.series.flatMap((series) => series.values).filter((value) => value !== null);
    const least = Math.min(...values);
    return least >= 0 && least <= AXIS_ROOM * (Math.max(...values) - least);
  }

  function valueAxis(data, fromZero) {
    return {
      beginAtZero: fromZero || nearZero(data),
      grace: fromZero ? 0 : `${AXIS_ROOM * 100}%`,
      border: { display: false },
      grid: { color: token("c-grid"), drawTicks: false },
      ticks: {
        maxTicksLimit: 6,
        padding: 8,
        callback(value) {
          const ticks = this.chart.scales[this.id].ticks;
          const step = ticks.length > 1 ? Math.abs(ticks[1].value - ticks[0].value) : 1;
          const largest = Math.max(...ticks.map((tick) => Math.abs(tick.value)));
          return axisFormat(data, largest, step)(value);
        },
      },
    };
  }

  function periodAxis(data) {
    return {
      type: "category",
      border: { color: token("line-2") },
      grid: { display: false },
      offset: data.kind === "bars",
      afterBuildTicks: (axis) => {
        axis.ticks = tickPlaces(data, axis.width).map((value) => ({ value }));
      },
      ticks: {
        autoSkip: false,
        maxRotation: 0,
        padding: data.annotations.some((mark) => mark.number !== null) ? 10 : 4,
        callback: (value) => data.ticks[value],
      },
    };
  }

  // Bars to the left keep room for their numbers, which would otherwise cover the names.
  function leftEnd(data) {
    const values = data.series.flatMap((series) => series.values).filter((value) => value !== null);
    const least = Math.min(0, ...values);
    const room = globalThis.innerWidth < 640 ? 0.5 : 0.16;
    return least < 0 ? least - room * (Math.max(0, ...values) - least) : undefined;
  }

  function axes(data) {
    if (data.kind !== "hbars")
      return { x: periodAxis(data), y: valueAxis(data, data.kind !== "line") };
    return {
      x: { beginAtZero: true, display: false, min: leftEnd(data) },
      y: { border: { color: token("line-2") }, grid: { display: false }, ticks: { color: token("ink"), autoSkip: false } },
    };
  }

  // --- One chart --------------------------------------------------------------------------------------------------

  function widest(texts, weight) {
    const ctx = document.createElement("canvas").getContext("2d");
    ctx.font = font(weight);
    return Math.max(0, ...texts.map((text) => ctx.measureText(text).width));
  }

  function rightRoom(data, direct) {
    if (data.kind === "hbars") return 12 + widest(data.series.flatMap((series) => series.texts), 600);
    if (!direct) return 8;
    const last = data.labels.length - 1;
    const ending = data.series.filter(
      (series) => series.values[last] !== null && !/^forecast_(low|high)$/.test(series.role),
    );
    const shown = data.kind === "bars" ? ending.filter((s) => ["target", "smoothed", "plan"].includes(s.role)) : ending;
    return shown.length ? 14 + widest(shown.map((series) => series.endLabel), 600) : 8;
  }

  function tooltip(data) {
    return {
      mode: "index",
      intersect: false,
      axis: data.kind === "hbars" ? "y" : "x",
      backgroundColor: token("paper"),
      borderColor: token("line-2"),
      borderWidth: 1,
      titleColor: token("ink"),
      bodyColor: token("ink-2"),
      titleFont: { weight: 600 },
      padding: 10,
      cornerRadius: 8,
      boxWidth: 8,
      boxHeight: 8,
      boxPadding: 5,
      usePointStyle: true,
      filter: (item) => item.raw !== null,
      callbacks: {
        title: (items) => (items.length ? data.names[items[0].dataIndex] : ""),
        label: ({ dataset: { series }, dataIndex: i }) =>
          `${series.name}: ${series.texts[i]}${series.partial[i] ? ` (${data.words.partial})` : ""}`,
        labelColor: ({ dataset }) => ({ backgroundColor: dataset.ink, borderColor: dataset.ink }),
        labelPointStyle: () => ({ pointStyle: "circle", rotation: 0 }),
      },
    };
  }

  function legendItem(set, datasetIndex) {
    const bar = set.type === "bar";
    return {
      text: /^forecast_(low|high)$/.test(set.series.role) ? "" : set.label,
      datasetIndex,
      fontColor: token("ink-2"),
      fillStyle: bar ? [set.backgroundColor].flat()[0] : set.ink,
      strokeStyle: bar ? [set.backgroundColor].flat()[0] : set.borderColor,
      lineWidth: bar ? 0 : set.borderWidth,
      lineDash: set.borderDash ?? [],
      pointStyle: bar ? "rectRounded" : "line",
    };
  }

  function legend(data, direct) {
    return {
      display: !direct && data.series.length > 1,
      align: "start",
      onClick: null,
      labels: {
        usePointStyle: true,
        pointStyleWidth: 22,
        boxHeight: 8,
        padding: 14,
        generateLabels: (chart) => chart.data.datasets.map(legendItem).filter((item) => item.text),
      },
    };
  }

  function options(data, direct) {
    return {
      animation: still.matches ? false : { duration: 250 },
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: data.kind === "hbars" ? "y" : "x",
      interaction: { mode: "index", intersect: false },
      layout: { padding: { top: 6, right: rightRoom(data, direct) } },
      scales: axes(data),
      plugins: { legend: legend(data, direct), tooltip: tooltip(data) },
    };
  }

  function sayWhereTheAxisStarts(canvas, chart, data) {
    const spot = canvas.closest("figure")?.querySelector("[data-chart-note]");
    const axis = chart.scales.y;
    if (!spot || data.kind !== "line") return;
    const ticks = axis.ticks;
    const step = ticks.length > 1 ? ticks[1].value - ticks[0].value : 1;
    const value = axisFormat(data, Math.abs(axis.max), step)(axis.min);
    spot.textContent = axis.min > 0 ? data.words.axisStartsAt.replace("{value}", value) : "";
  }

  function draw(canvas) {
    const source = document.getElementById(canvas.dataset.chart);
    if (!source) return;
    drawn.get(canvas)?.chart.destroy();
    const data = JSON.parse(source.textContent, (_key, each) => (typeof each === "string" ? legible(each) : each));
    const box = canvas.parentElement;
    const narrow = box.clientWidth < NARROW;
    const shownLines = data.series.filter((series) => !/^forecast_(low|high)$/.test(series.role)).length;
    const direct = data.kind === "bars" ? false : !narrow && shownLines <= 4;
    if (data.kind === "hbars") box.style.height = `${data.labels.length * (data.series.length * 20 + 14) + 20}px`;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    Chart.defaults.color = token("ink-3");
    const chart = new Chart(canvas, {
      type: data.kind === "bars" || data.kind === "hbars" ? "bar" : "line",
      data: { labels: data.labels.map((label, i) => (data.grain === "text" ? label : data.ticks[i])), datasets: sets(data) },
      options: options(data, direct),
      plugins: [
        { id: "own", beforeInit: (own) => Object.assign(own, { $data: data, $direct: direct }) },
        marks,
        endLabels,
      ],
    });
    drawn.set(canvas, { chart, narrow });
    sayWhereTheAxisStarts(canvas, chart, data);
  }

  function drawAll(scope) {
    scope.querySelectorAll("canvas[data-chart]").forEach((canvas) => {
      draw(canvas);
      resized.observe(canvas.parentElement);
    });
  }

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const canvas = target.querySelector("canvas[data-chart]");
      const known = canvas && drawn.get(canvas);
      if (known && known.narrow !== target.clientWidth < NARROW) draw(canvas);
    }
  });

  function redrawAll() {
    for (const canvas of drawn.keys()) draw(canvas);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const { chart } of drawn.values()) {
      chart.setActiveElements([]);
      chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
      chart.update("none");
    }
  });

  // Paper is white, whatever the screen is.
  let screenTheme;
  window.addEventListener("beforeprint", () => {
    screenTheme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
    redrawAll();
  });
  window.addEventListener("afterprint", () => {
    if (screenTheme) document.documentElement.dataset.theme = screenTheme;
    else delete document.documentElement.dataset.theme;
    redrawAll();
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) drawAll(event.detail.elt);
  });
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    const known = drawn.get(event.target);
    if (!known) return;
    known.chart.destroy();
    drawn.delete(event.target);
  });
  document.fonts.ready.then(() => drawAll(document));
})();
