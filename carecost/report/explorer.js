"use strict";
// Works out a setting from means over draws at a few settings, and shows it. See carecost/analysis/surface.py.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const years = data.years.length, MINUS = "\u2212";

// Arrays: base64 of little-endian floats, with the axes on which they hang; the last axis is years or dates.

function numbersOf(text, size) {
  const raw = atob(text), view = new DataView(new ArrayBuffer(raw.length));
  for (let i = 0; i < raw.length; i++) view.setUint8(i, raw.charCodeAt(i));
  return Float64Array.from({length: raw.length / size},
    (_, i) => size === 4 ? view.getFloat32(4 * i, true) : view.getInt16(2 * i, true));
}

function block(stated) {
  if (!stated) return null;
  const values = stated.f32 ? numbersOf(stated.f32, 4) : numbersOf(stated.i16, 2).map(n => n * stated.step);
  return {axes: stated.axes, values};
}

const inaction = data.inaction.map(one => ({
  children: block(one.children), items: one.items.map(item => ({drawn: block(item.drawn), known: block(item.known)})),
}));
const caseKey = (scenario, later, background) => JSON.stringify([scenario, later, background]);
const cases = new Map(data.cases.map(one => [caseKey(one.scenario, one.later, one.background), {
  ...one,
  before: inaction[one.inaction],
  children: block(one.children),
  items: one.items.map((item, i) => ({
    ...Object.fromEntries(["drawn", "known"].map(kind => [kind, item[kind] && {
      before: inaction[one.inaction].items[i][kind], more: block(item[kind].more), dearer: block(item[kind].dearer),
    }])),
    carried: block(item.carried),
  })),
}]));

// A setting: what each slider is at, and what is chosen. What is left out is as published.

const published = () => ({
  scenario: data.cases[0].scenario, start: data.own, delay: 0, background: "",
  claims: {}, entries: 1, prices: {}, growth: {}, cash: 1, sustained: 0,
});
const laterOf = setting => setting.start - data.own + setting.delay;
const caseOf = setting => cases.get(caseKey(setting.scenario, laterOf(setting), setting.background));
const ownCase = name => cases.get(caseKey(name, 0, ""));
const leversOf = name => ownCase(name).axes.slice(1).map(axis => axis.name);
const growthsOf = setting => caseOf(setting).growths || data.growths;
const delays = data.later.filter(later => later >= 0);
const startsOf = name => data.scenarios[name].dated ? [data.own] : data.later.map(later => data.own + later);

// The polynomial through all nodes of an axis, as weights of the nodes: a straight line where there are two.
function weights(nodes, at) {
  return nodes.map((node, i) => nodes.reduce((w, other, j) => i === j ? w : w * (at - other) / (node - other), 1));
}

function sum(made, byAxis, length) {
  const out = new Float64Array(length);
  if (!made) return out;
  const lists = made.axes.map(name => byAxis[name]);
  const cells = lists.reduce((n, list) => n * list.length, 1);
  for (let cell = 0; cell < cells; cell++) {
    let weight = 1, rest = cell;
    for (let axis = lists.length - 1; axis >= 0; axis--) {
      weight *= lists[axis][rest % lists[axis].length];
      rest = Math.floor(rest / lists[axis].length);
    }
    if (weight) for (let y = 0; y < length; y++) out[y] += weight * made.values[cell * length + y];
  }
  return out;
}

// A rate that is held, and then fades in a straight line to the long-run one, compounded; "flat" is none in any year.
function path(row, asked) {
  const rate = asked === "flat" ? 0 : asked;
  const level = [1], long = asked === "flat" ? 0 : row.long_run ?? rate;
  for (let year = 0; year < Math.max(...row.elapsed); year++) {
    let faded = 0;
    if (row.fade === 0) faded = year >= row.hold ? 1 : 0;
    else if (row.fade !== null) faded = Math.min(Math.max((year - row.hold) / row.fade, 0), 1);
    level.push(level[year] * (1 + rate + (long - rate) * faded));
  }
  return row.elapsed.map(year => level[year]);
}

function cashable(item, elapsed, level) {
  const {short, long, years: rise} = item.cashable;
  const part = Math.min(rise ? Math.max(elapsed, 0) / rise : 1, 1), share = short + (long - short) * part;
  if (level > 1) return share + (level - 1) * (1 - share);
  return long < 1 ? share * level : share;
}

const added = (a, b) => a.map((n, i) => n + b[i]);

// Move what is known of a case as it is to other claims and entries, as they move the published case in the same year.
// Where that has next to nothing in a year, by what it is over all years.
function movedLike(anchor, to, from, lag = 0) {
  let shared = 0, size = 0, largest = 0;
  from.forEach((n, i) => { shared += n * to[i]; size += n * n; largest = Math.max(largest, Math.abs(n)); });
  return anchor.map((n, i) => {
    const j = Math.max(i - lag, 0);
    return n * (Math.abs(from[j]) > 0.01 * largest ? to[j] / from[j] : size ? shared / size : 1);
  });
}

// The weights of the nodes of each axis: at a setting, and with claims on children whole and entries as they are.
function nodesAt(here, setting) {
  const byAxis = {entries: weights(here.axes[0].nodes, here.axes[0].nodes.length > 1 ? setting.entries : 1)};
  for (const axis of here.axes.slice(1))
    byAxis[axis.name] = axis.nodes.length > 1 ? weights(axis.nodes, setting.claims[axis.name] ?? 1) : [1];
  return byAxis;
}
function asItIs(own, here, setting) {
  const single = new Set(here.axes.filter(axis => axis.nodes.length === 1).map(axis => axis.name));
  const claims = Object.fromEntries(Object.entries(setting.claims).filter(([name]) => !single.has(name)));
  return nodesAt(own, {entries: 1, claims});
}

function evaluate(setting) {
  const here = caseOf(setting), own = ownCase(setting.scenario), anchored = here !== own, lag = here.later;
  const byAxis = nodesAt(here, setting), ownAt = anchored && nodesAt(own, setting), ownFrom = anchored && asItIs(own, here, setting);
  const moved = (made, like, length, late) => {
    const found = sum(made, byAxis, length);
    return anchored ? movedLike(found, sum(like, ownAt, length), sum(like, ownFrom, length), late) : found;
  };
  const firsts = Object.entries(here.first)
    .filter(([lever, year]) => year !== null && (lever === "" || (setting.claims[lever] ?? 1) !== 0));
  const from = firsts.length ? Math.min(...firsts.map(([, year]) => year)) : setting.start;
  const dates = data.dates.length, before = moved(here.before.children, own.before.children, dates, 0);
  const more = moved(here.children, own.children, dates, lag);
  const out = {
    before: [...before], after: [...before].map((n, i) => n + more[i]), averted: [...more].map(n => -n),
    gross: new Float64Array(years), cash: new Float64Array(years), reform: new Float64Array(years),
    spend_before: new Float64Array(years), spend_after: new Float64Array(years), parts: [],
  };
  const rows = Object.fromEntries(growthsOf(setting).map(row => [row.name, row]));
  data.items.forEach((item, i) => {
    const line = item.growth >= 0 ? data.growths[item.growth].name : "";
    const row = line in setting.growth ? rows[line] : null, factor = setting.prices[item.name] ?? 1;
    const grown = row ? path(row, setting.growth[row.name]) : null;
    const kind = row ? "known" : "drawn", made = here.items[i][kind], like = own.items[i][kind];
    const base = moved(made.before, like.before, years, 0), bought = moved(made.more, like.more, years, lag);
    let dearer = sum(made.dearer, byAxis, years);
    if (anchored && made.dearer)
      dearer = movedLike(dearer, added(base, bought), added(sum(made.before, byAxis, years), sum(made.more, byAxis, years)));
    const carried = moved(here.items[i].carried, own.items[i].carried, years, lag);
    const part = [0, 0];
    for (let y = 0; y < years; y++) {
      const times = factor * (row ? grown[y] / row.path[y] : 1);
      const volume = bought[y] * times, price = dearer[y] * times + carried[y] * setting.sustained;
      const share = item.reform ? 1 : cashable(item, data.years[y] - from, setting.cash);
      out.spend_before[y] += base[y] * times;
      out.spend_after[y] += base[y] * times + volume + price;
      part[0] += volume * share * data.factors[y];
      part[1] += dearer[y] * times * data.factors[y];
      if (item.reform) out.reform[y] += volume + price;
      else {
        out.gross[y] -= volume + price;
        out.cash[y] -= price + volume * share;
      }
    }
    out.parts.push(part);
  });
  out.net = out.cash.map((n, y) => n - out.reform[y]);
  out.npv = out.net.reduce((all, n, y) => all + n * data.factors[y], 0);
  out.npv_gross = out.gross.reduce((all, n, y) => all + (n - out.reform[y]) * data.factors[y], 0);
  for (const name of ["gross", "cash", "reform", "net", "spend_before", "spend_after"]) out[name] = [...out[name]];
  out.payback = payback(out.net);
  return out;
}

// The interval of a setting: draws are moved with claims, entries and prices, each item by its own factor with the rest.
// They are set to the ends that are known of the case as it is, so that these are given exactly.

const spreads = {};
function spreadOf(name) {
  const stated = data.bands[name];
  if (stated && !spreads[name])
    spreads[name] = {children: stated.children.map(block), items: stated.items.map(pair => pair.map(block))};
  return spreads[name];
}
const asPublished = setting => ({...published(), scenario: setting.scenario, start: setting.start, delay: setting.delay,
  background: setting.background});
function quantile(sorted, q) {
  const at = (sorted.length - 1) * q, low = Math.floor(at), high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
function drawn(setting, made) {
  const spread = spreadOf(setting.scenario), n = data.few, dates = data.dates.length;
  const like = {...published(), scenario: setting.scenario, claims: setting.claims, entries: setting.entries};
  const usual = evaluate(like), byAxis = nodesAt(ownCase(setting.scenario), setting), npv = new Float64Array(n).fill(made.npv);
  spread.items.forEach((pair, i) => pair.forEach((one, which) => {
    if (!one) return;
    const apart = sum(one, byAxis, n), size = Math.sqrt(apart.reduce((all, x) => all + x * x, 0) / n);
    const was = usual.parts[i][which], is = made.parts[i][which];
    const times = Math.abs(was) > 0.05 * size ? is / was : setting.prices[data.items[i].name] ?? 1;
    for (let k = 0; k < n; k++) npv[k] -= times * apart[k];
  }));
  const [inside, more] = spread.children.map(one => sum(one, byAxis, dates * n));
  const ends = (values, mean) => {
    const sorted = [...values].sort((a, b) => a - b);
    return [0.1, 0.9].map(q => quantile(sorted, q) - mean);
  };
  const before = [], after = [];
  for (let d = 0; d < dates; d++) {
    const grown = usual.before[d] ? made.before[d] / usual.before[d] : 1;
    const reached = Math.abs(usual.averted[d]) > 1e-6 ? made.averted[d] / usual.averted[d] : 1;
    const here = [...inside.subarray(d * n, d * n + n)].map(x => x * grown);
    before.push(ends(here, 0));
    after.push(ends(here.map((x, k) => x + more[d * n + k] * reached), 0));
  }
  return {npv: ends(npv, made.npv), before, after};
}
const known = new Map();
function band(setting, made) {
  const here = caseOf(setting);
  if (!here.ends || !data.bands[setting.scenario]) return null;
  const key = caseKey(here.scenario, here.later, here.background);
  if (!known.has(key)) known.set(key, drawn(asPublished(setting), evaluate(asPublished(setting))));
  const is = drawn(setting, made), was = known.get(key);
  const set = (now, then, to) => Math.abs(then) > 1e-9 ? now * to / then : now;
  const both = (now, then, to, mean) => [0, 1].map(e => mean + set(now[e], then[e], to[e]));
  const inTime = (name, means) => means.map((mean, d) => both(is[name][d], was[name][d], here.ends[name].map(end => end[d]), mean));
  return {npv: both(is.npv, was.npv, here.ends.npv, made.npv), before: inTime("before", made.before), after: inTime("after", made.after)};
}

// The year after the last in which what was saved so far is below zero.
function payback(flow) {
  let all = 0, after = 0;
  flow.forEach((n, y) => { all += n; if (all < 0) after = y + 1; });
  return after < years && flow.some(n => n) ? data.years[after] : null;
}

// The least common share of all claims at which the net present saving is zero, all else as it is set.
function breakEven(setting) {
  const levers = leversOf(setting.scenario);
  if (!levers.length) return null;
  const at = share => evaluate({...setting, claims: Object.fromEntries(levers.map(name => [name, share]))}).npv;
  const tiny = 1e-9;  // at none at all nothing acts, and the clock of what becomes cash may be another
  let low = tiny, high = null;
  if (at(low) >= 0) return null;
  for (let i = 1; i <= 20 && high === null; i++) {
    if (at(i / 20) >= 0) high = i / 20; else low = i / 20;
  }
  if (high === null) return null;
  for (let i = 0; i < 50; i++) { const mid = (low + high) / 2; if (at(mid) >= 0) high = mid; else low = mid; }
  return high;
}

// Words: as carecost.text.numbers writes them.

const group = (n, digits) => n.toLocaleString("en-GB", {minimumFractionDigits: digits, maximumFractionDigits: digits});
function scaleOf(...amounts) {
  const largest = Math.max(...amounts.map(Math.abs), 0);
  if (largest >= 999.5e6) return [1e9, "bn", largest >= 9.995e9 ? 1 : 2];
  if (largest >= 1e6) return [1e6, "m", largest >= 99.95e6 ? 0 : largest >= 9.995e6 ? 1 : 2];
  return [1, "", largest >= 9995 ? -2 : 0];
}
function rounded(n, digits) { const by = 10 ** digits; return digits < 0 ? Math.round(n * by) / by : +n.toFixed(digits); }
function pounds(n, scale = scaleOf(n)) {
  const shown = rounded(n / scale[0], scale[2]);
  return `${shown < 0 ? MINUS : ""}£${group(Math.abs(shown), Math.max(scale[2], 0))}${scale[1]}`;
}
function children(n, like = n) {
  const size = Math.abs(like), shown = rounded(n, size >= 9995 ? -2 : size >= 999.5 ? -1 : 0);
  return `${shown < 0 ? MINUS : ""}${group(Math.abs(shown), 0)}`;
}
const percent = (n, digits = 0) => `${n < 0 ? MINUS : ""}${(Math.abs(n) * 100).toFixed(digits)}%`;
const financial = year => `${year - 1}-${String(year % 100).padStart(2, "0")}`;
const gain = n => n >= 0 ? `Net saving of ${pounds(n)}` : `Net cost of ${pounds(-n)}`;
const lower = words => words[0].toLowerCase() + words.slice(1);
const cashWords = n => n === 1 ? "as in the set" : n === 0 ? "none" : n === 2 ? "all of it"
  : n < 1 ? `${percent(n)} of it` : `${percent(n - 1)} to all`;

// Elements

function element(tag, attributes = {}, ...inside) {
  const svg = ["svg", "line", "path", "rect", "text", "g", "title"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}
const byId = id => document.getElementById(id);

// Controls

let setting = published();
const controls = [];

function slider({id, words, span, read, write, shown, initial, button, below}) {
  const input = element("input", {type: "range", id, min: span[0], max: span[1], step: span[2]});
  const output = element("output", {for: id});
  const holder = element("div", {class: "one-control"}, element("label", {for: id}, words),
    element("div", {class: "row"}, input, output));
  if (button) {
    const at = element("button", {type: "button", class: "small", id: `${id}-${button}`, "aria-label": `${button}: ${words}`}, button);
    at.addEventListener("click", () => { write(button); show(); });
    holder.lastChild.append(at);
  }
  if (below) holder.append(output);
  input.addEventListener("input", () => { write(Number(input.value)); show(); });
  controls.push(() => {
    const value = read();
    input.value = value ?? initial;
    output.textContent = shown(value ?? initial);
    input.setAttribute("aria-valuetext", output.textContent);
    holder.classList.toggle("moved", value !== undefined && value !== null && Math.abs(value - initial) > 1e-12);
  });
  return holder;
}

function choice(id, words, options, read, write) {
  const select = element("select", {id}, ...options.map(([value, text]) => element("option", {value}, text)));
  select.addEventListener("change", () => { write(select.value); rebuild(); });
  controls.push(() => { select.value = read(); });
  return element("div", {class: "one-control"}, element("label", {for: id}, words), select);
}

const fieldset = (words, ...inside) => element("fieldset", {}, element("legend", {}, words), ...inside);

// Keep a value, or leave it out where it is as published.
function put(where, name, value, usual) {
  const next = {...setting[where]};
  if (Math.abs(value - usual) < 1e-12) delete next[name]; else next[name] = value;
  setting = {...setting, [where]: next};
}

// Prices of another baseline have growths of their own: what was moved is put back.
function choose(next) {
  const same = growthsOf(next) === growthsOf(setting);
  setting = same ? next : {...next, growth: {}};
}
const axesOf = () => [...new Set(data.baselines.map(one => one.axis))];
function titleOf(one) {
  const words = one.title.slice(one.title.indexOf(": ") + 2);
  return `${words[0].toUpperCase()}${words.slice(1)}${one.own ? " (as published)" : ""}`;
}

const AXES = {mix: "Placement mix", entries: "Entries and exits", population: "Child population", prices: "All prices",
  unaccompanied: "Unaccompanied children", policy: "Policy"};
const chosenOn = axis => data.baselines.some(one => one.axis === axis && !one.own && one.name === setting.background);
const baselineOf = axis => choice(`baseline-${axis}`, AXES[axis] || axis,
  data.baselines.filter(one => one.axis === axis).map(one => [one.own ? "" : one.name, titleOf(one)]),
  () => chosenOn(axis) ? setting.background : "",
  value => choose({...setting, background: value, ...(value ? {start: data.own, delay: 0} : {})}));

function build() {
  controls.length = 0;
  const {claim, entries, price, cash} = data.sliders, levers = leversOf(setting.scenario);
  const back = element("button", {type: "button", id: "back"}, "Back to the published case");
  back.addEventListener("click", () => { setting = published(); byId("problem").hidden = true; rebuild(); });
  controls.push(() => { back.disabled = link() === ""; });
  const priceOf = name => slider({
    id: `price-${name}`, words: `Price of ${name}`, span: price, initial: 1, read: () => setting.prices[name],
    write: value => put("prices", name, value, 1), shown: n => percent(n),
  });
  const others = data.items.filter(item => item.priced && item.name !== data.largest).map(item => item.name);
  const claims = levers.map((name, i) => slider({
    id: `claim-${i}`, words: name, span: claim, initial: 1, read: () => setting.claims[name],
    write: value => put("claims", name, value, 1), shown: n => percent(n),
  }));
  const all = () => {
    const every = levers.map(name => setting.claims[name] ?? 1);
    return every.every(n => n === every[0]) ? every[0] : every.reduce((a, n) => a + n, 0) / every.length;
  };
  const growthOf = row => {
    const own = row.items.filter(name => data.items.some(item => item.name === name));
    const fades = row.fade !== null && row.long_run !== null ? ` at first, then to ${percent(row.long_run)}` : "";
    return slider({
      id: `growth-${growthsOf(setting).indexOf(row)}`,
      words: `${row.name[0].toUpperCase()}${row.name.slice(1)}: ${own.slice(0, 2).join(", ")}${own.length > 2 ? " …" : ""}`,
      span: [row.least, row.most, 0.001], initial: row.value,
      read: () => setting.growth[row.name] === "flat" ? 0 : setting.growth[row.name],
      write: value => {
        const asked = value === "flat" ? value : Math.round(value * 1000) / 1000;
        setting = {...setting, growth: {...setting.growth, [row.name]: asked}};
      },
      shown: n => setting.growth[row.name] === "flat" ? "none in any year" : `${percent(n, 1)} a year${fades}`, button: "flat", below: true,
    });
  };
  const growths = growthsOf(setting).filter(row => row.items.some(name => data.items.some(i => i.name === name))).map(growthOf);
  byId("controls").replaceChildren(
    back,
    fieldset("Choices",
      choice("scenario", "Scenario", Object.entries(data.scenarios).map(([name, plan]) => [name, plan.title]),
        () => setting.scenario, value => choose({...setting, scenario: value, claims: {}, sustained: 0,
          ...(startsOf(value).includes(setting.start) ? {} : {start: data.own})})),
      ...(startsOf(setting.scenario).length > 1 ? [choice("start", "Programme year 1",
        startsOf(setting.scenario).map(year => [year, financial(year)]), () => setting.start, value => {
          const next = {...setting, start: Number(value), background: ""};
          choose(data.later.includes(laterOf(next)) ? next : {...next, delay: 0});
        })] : []),
      ...(delays.length > 1 ? [choice("delay", "Delay",
        delays.map(n => [n, n === 0 ? "none" : `${n} year${n === 1 ? "" : "s"} later`]), () => setting.delay, value => {
          const next = {...setting, delay: Number(value), background: ""};
          choose(data.later.includes(laterOf(next)) ? next : {...next, start: data.own});
        })] : []),
      ...axesOf().filter(axis => axis === "mix").map(baselineOf),
      ...(axesOf().length ? [element("details", axesOf().some(axis => axis !== "mix" && chosenOn(axis)) ? {open: ""} : {},
        element("summary", {}, "Other baselines: what happens without it"), ...axesOf().filter(axis => axis !== "mix").map(baselineOf)),
      element("p", {class: "hint"}, "One at a time: a baseline, or a later start. Choosing one puts the others back.")] : [])),
    ...(claims.length ? [fieldset(data.scenarios[setting.scenario].claim ? "Share of the claim that comes true" : "Share of the effect that comes",
      ...(claims.length > 1 ? [slider({
        id: "claims", words: "All together", span: claim, initial: 1, read: all, shown: n => percent(n),
        write: value => { for (const name of levers) put("claims", name, value, 1); },
      })] : []), ...claims)] : []),
    fieldset("Children", slider({
      id: "entries", words: "Children who enter care", span: entries, initial: 1, read: () => setting.entries,
      write: value => { setting = {...setting, entries: value}; }, shown: n => percent(n, 1),
    })),
    fieldset("Prices", ...(data.largest ? [priceOf(data.largest)] : []), ...growths.slice(0, 2),
      element("details", {}, element("summary", {}, "Other prices"), ...growths.slice(2), ...others.map(priceOf))),
    ...(caseOf(setting).carried.length ? [fieldset("Spending", slider({
      id: "sustained", words: "Goes on for as long as its effects", span: data.sliders.sustained, initial: 0,
      read: () => setting.sustained, write: value => { setting = {...setting, sustained: value}; },
      shown: n => n === 0 ? "no" : percent(n),
    }))] : []),
    fieldset("Cash", slider({
      id: "cash", words: "Cashable share of what is no longer needed", span: cash, initial: 1,
      read: () => setting.cash, write: value => { setting = {...setting, cash: value}; }, shown: cashWords,
    })),
  );
}

// The link: what differs from the published case.

function link() {
  const usual = published(), parts = new URLSearchParams();
  if (setting.scenario !== usual.scenario) parts.set("scenario", setting.scenario);
  if (setting.start !== usual.start) parts.set("start", setting.start);
  if (setting.delay !== 0) parts.set("delay", setting.delay);
  if (setting.background) parts.set("background", setting.background);
  if (setting.entries !== 1) parts.set("entries", setting.entries);
  if (setting.cash !== 1) parts.set("cash", setting.cash);
  if (setting.sustained !== 0) parts.set("sustained", setting.sustained);
  for (const where of ["claims", "prices", "growth"])
    for (const [name, value] of Object.entries(setting[where])) parts.set(`${where}.${name}`, value);
  return parts.toString();
}

// Take a link: what it cannot be is said, and nothing of it is taken.
function fromLink(text) {
  const made = published(), wrong = [];
  const parts = [...new URLSearchParams(text)];
  const within = (key, value, [least, most]) => {
    const n = Number(value);
    if (value.trim() === "" || !(n >= least && n <= most)) wrong.push(`${key} is ${value}: from ${least} to ${most}`);
    return n;
  };
  for (const [key, value] of parts.filter(([key]) => key === "scenario")) {
    if (value in data.scenarios) made.scenario = value; else wrong.push(`${key} ${value} is not here`);
  }
  for (const [key, value] of parts.filter(([key]) => ["start", "delay", "background"].includes(key))) {
    const stated = {start: startsOf(made.scenario).map(String), delay: delays.map(String),
      background: data.baselines.filter(one => !one.own).map(one => one.name)}[key];
    if (!stated.includes(value)) wrong.push(`${key}=${value} is not here`);
    else made[key] = key === "background" ? value : Number(value);
  }
  if (!wrong.length && !caseOf(made)) return {wrong: ["start, delay and background of this link are not here together"]};
  if (wrong.length) return {wrong};
  const growths = Object.fromEntries(growthsOf(made).map(row => [row.name, row]));
  const priced = new Set(data.items.filter(item => item.priced).map(item => item.name));
  for (const [key, value] of parts) {
    const dot = key.indexOf("."), where = dot < 0 ? key : key.slice(0, dot), name = key.slice(dot + 1);
    if (["scenario", "start", "delay", "background"].includes(where)) continue;
    if (["entries", "cash", "sustained"].includes(where)) made[where] = within(key, value, data.sliders[where]);
    else if (where === "claims" && leversOf(made.scenario).includes(name))
      made.claims[name] = within(key, value, data.sliders.claim);
    else if (where === "prices" && priced.has(name)) made.prices[name] = within(key, value, data.sliders.price);
    else if (where === "growth" && name in growths)
      made.growth[name] = value === "flat" ? value : within(key, value, [growths[name].least, growths[name].most]);
    else wrong.push(`${key}=${value} is not here`);
  }
  return wrong.length ? {wrong} : {setting: made};
}

// The same in Python and as a command

const quoted = text => JSON.stringify(text);
const mapped = pairs => `{${Object.entries(pairs).map(([name, n]) => `${quoted(name)}: ${n}`).join(", ")}}`;
function python() {
  if (data.given) return "The draws of this run were made elsewhere: ask results.what_if(…) of the run itself.";
  const plan = data.scenarios[setting.scenario], kept = `cc.Results.load(${quoted("FOLDER")}).run`;
  let set = data.load || `${kept}.assumptions`;
  if (setting.background) set = `cc.under(${set}, ${quoted(setting.background)})`;
  for (const [name, rate] of Object.entries(setting.growth)) set += `.replace(${quoted(name)}, ${rate === "flat" ? "0, long_run=0" : rate})`;
  if (setting.cash !== 1) set += `.cashable(${setting.cash})`;
  const scenario = plan.packaged ? quoted(setting.scenario) : `${kept}.scenarios[${quoted(setting.scenario)}]`;
  const draws = data.draws ? `, draws=cc.Draws(${data.draws}, seed=${data.seed})` : "";
  const asked = [];
  if (Object.keys(setting.claims).length) asked.push(`scale=${mapped(setting.claims)}`);
  if (Object.keys(setting.prices).length) asked.push(`prices=${mapped(setting.prices)}`);
  if (setting.entries !== 1) asked.push(`entries=${setting.entries}`);
  if (setting.start !== data.own) asked.push(`start=${setting.start}`);
  if (setting.delay !== 0) asked.push(`delay=${setting.delay}`);
  if (setting.sustained !== 0) asked.push(`sustained=${setting.sustained}`);
  return ["import carecost as cc", `chosen = ${set}`,
    `results = cc.run(chosen, ${scenario}, years=${years}${draws}${data.own_start})`,
    `print(results.what_if(${quoted(setting.scenario)}).at(${asked.join(", ")}).npv().mean())`].join("\n");
}
const inShell = text => /^[\w./=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
function command() {
  if (data.given) return "The draws of this run were made elsewhere: the command cannot make them.";
  if (!data.load || !data.scenarios[setting.scenario].packaged)
    return "The set or scenario is none that is packaged: give its folder or file to carecost what-if.";
  const words = ["carecost", "what-if", data.set, setting.scenario, "--years", years, "--draws", data.draws, "--seed", data.seed];
  const background = [data.background, setting.background].filter(Boolean).join("+");
  if (background) words.push("--background", background);
  if (setting.start !== data.own || data.own_start) words.push("--start", setting.start);
  if (setting.delay) words.push("--delay", setting.delay);
  for (const [where, option] of [["claims", "--claim"], ["prices", "--price"], ["growth", "--growth"]])
    for (const [name, value] of Object.entries(setting[where])) words.push(option, `${name}=${value}`);
  for (const [where, usual, option] of [["entries", 1, "--entries"], ["cash", 1, "--cashable"], ["sustained", 0, "--sustained"]])
    if (setting[where] !== usual) words.push(option, setting[where]);
  return words.map(word => inShell(String(word))).join(" ");
}

// What is shown

// Whether anything is moved or chosen, the scenario apart.
const moved = () => [...new URLSearchParams(link()).keys()].some(key => key !== "scenario");
const CHANCES = "four chances in five";
const within = (pair, of) => `${of(pair[0])} to ${of(pair[1])}`;
function gainWithin([low, high]) {
  const scale = scaleOf(low, high);
  if (low >= 0) return `saving of ${within([low, high], n => pounds(n, scale))}`;
  if (high <= 0) return `cost of ${within([-high, -low], n => pounds(n, scale))}`;
  return `from a cost of ${pounds(-low, scale)} to a saving of ${pounds(high, scale)}`;
}

// What is moved or chosen, in words: a printed page, and a reader of the screen, has it in one place.
function changes() {
  const chosen = data.baselines.find(one => one.name === setting.background);
  const share = data.scenarios[setting.scenario].claim ? "of the claim" : "of the effect";
  return [
    ...(setting.start !== data.own ? [`programme year 1 is ${financial(setting.start)}`] : []),
    ...(setting.delay ? [`${setting.delay} year${setting.delay === 1 ? "" : "s"} later`] : []),
    ...(chosen ? [lower(chosen.title)] : []),
    ...Object.entries(setting.claims).map(([name, n]) => `${name}: ${percent(n)} ${share}`),
    ...(setting.entries !== 1 ? [`children who enter care: ${percent(setting.entries, 1)}`] : []),
    ...Object.entries(setting.prices).map(([name, n]) => `price of ${name}: ${percent(n)}`),
    ...Object.entries(setting.growth).map(([name, n]) => `${name}: ${n === "flat" ? "none" : `${percent(n, 1)} a year`}`),
    ...(setting.sustained ? [`spending that goes on with its effects: ${percent(setting.sustained)}`] : []),
    ...(setting.cash !== 1 ? [`cashable share: ${cashWords(setting.cash)}`] : []),
  ];
}

function sentences(made, share) {
  const plan = data.scenarios[setting.scenario], last = data.dates.length - 1, usual = evaluate(published());
  const own = link() === "", span = `${financial(data.years[0])} to ${financial(data.years[years - 1])}`;
  const claim = plan.claim ? ": effects as claimed, not evidenced" : "", ends = band(setting, made);
  const what = plan.claim ? "claim" : "effect";
  const back = made.payback === null ? "It does not pay back within the horizon." : `It pays back in ${financial(made.payback)}.`;
  const even = !leversOf(setting.scenario).length ? "" : share !== null
    ? ` It breaks even if ${percent(share)} of every ${what} comes${plan.claim ? " true" : ""}, all else as set.`
    : made.npv >= 0 ? "" : ` It does not break even at any share of each ${what} up to the whole.`;
  const usualShare = plan.even !== null && !moved() ? ` In the central run, where each ${what} is as stated, ${percent(plan.even)} is enough, `
    + "as in the brief; over the draws effects may also fail." : "";
  const fewer = made.averted[last], change = made.npv - usual.npv;
  return [
    ["head", `${gain(made.npv)} in present value, ${span}.`],
    ...(ends ? [["range", `${CHANCES[0].toUpperCase()}${CHANCES.slice(1)}: ${gainWithin(ends.npv)}.`]] : []),
    ...(moved() ? [["", `Moved or chosen: ${changes().join("; ")}.`]] : []),
    ["", own ? "This is the published case."
      : `That is ${pounds(Math.abs(change), scaleOf(usual.npv, made.npv, change))} ${change >= 0 ? "better" : "worse"} than the published case (`
        + `${setting.scenario === published().scenario ? "" : `${data.scenarios[published().scenario].title}, `}${lower(gain(usual.npv))}).`],
    ["", `${plan.title}${claim}. On 31 March ${data.dates[last]} there would be ${children(made.after[last])} children in care, `
      + `${children(Math.abs(fewer))} ${fewer >= 0 ? "fewer" : "more"} than the ${children(made.before[last])} without it. `
      + back],
    ...(even ? [["", even.trim() + usualShare]] : []),
  ];
}

function table(made, usual) {
  const last = data.dates.length - 1, all = list => list.reduce((a, n) => a + n, 0);
  const main = data.dates.includes(2032) ? data.dates.indexOf(2032) : last;
  const span = `${financial(data.years[0])} to ${financial(data.years[years - 1])}`;
  const dates = [...new Set([main, last])];
  const rows = [
    ...dates.flatMap(d => [
      [`Children in care, 31 March ${data.dates[d]}, without it`, m => children(m.before[d])],
      [`Children in care, 31 March ${data.dates[d]}, with it`, m => children(m.after[d])],
      ...(made.band ? [[`Children in care, 31 March ${data.dates[d]}, with it, in ${CHANCES}`, m => within(m.band.after[d], children)]] : []),
    ]),
    [`Spend in ${financial(data.years[years - 1])}, without it`, m => pounds(m.spend_before[years - 1])],
    [`Spend in ${financial(data.years[years - 1])}, with it`, m => pounds(m.spend_after[years - 1])],
    [`Reform spend, ${span}`, m => pounds(all(m.reform))],
    [`Gross saving, ${span}`, m => pounds(all(m.gross))],
    [`Cashable saving, ${span}`, m => pounds(all(m.cash))],
    ["Net present saving", m => pounds(m.npv)],
    ...(made.band ? [[`Net present saving, in ${CHANCES}`, m => within(m.band.npv, n => pounds(n, scaleOf(...m.band.npv)))]] : []),
    ["Net present saving if all of the gross saving were cash", m => pounds(m.npv_gross)],
    ["Pays back in", m => m.payback === null ? "not within the horizon" : financial(m.payback)],
  ];
  return element("table", {}, element("caption", {}, `Money in ${data.prices}`),
    element("thead", {}, element("tr", {}, element("td"), element("th", {scope: "col"}, "This setting"),
      element("th", {scope: "col"}, "Published case"))),
    element("tbody", {}, ...rows.map(([words, of]) => element("tr", {}, element("th", {scope: "row"}, words),
      element("td", {class: "now"}, of(made)), element("td", {}, of(usual))))));
}

function ticks(low, high, n) {
  const raw = (high - low) / n || 1, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(k => k * power).find(k => k >= raw), out = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) out.push(at);
  return out;
}

// A drawing as wide as its place, so that letters keep their size. Lines: [values, colour, dash, words].
function drawing(holder, label, xs, {lines = [], bars = null, area = null, format}) {
  const width = Math.max(holder.clientWidth || 640, 280), height = 280;
  const left = 66, right = 8, top = 30, bottom = 28;
  const every = [...lines.flatMap(line => line[0]), ...(area || []).flat(), ...(bars || []), ...(bars ? [0] : [])];
  let low = Math.min(...every), high = Math.max(...every);
  const room = (high - low || 1) * 0.06;
  low = bars && low === 0 ? 0 : low - room; high += room;
  const slot = (width - left - right) / xs.length;
  const x = i => bars ? left + slot * (i + 0.5) : left + (width - left - right) * i / (xs.length - 1);
  const y = n => top + (height - top - bottom) * (high - n) / (high - low);
  const made = element("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label,
    "font-size": 13, "font-family": "inherit"});
  for (const at of ticks(low, high, 5)) {
    made.append(element("line", {x1: left, x2: width - right, y1: y(at), y2: y(at), stroke: Math.abs(at) < 1e-9 && bars ? "#111418" : "#d5dbe0"}),
      element("text", {x: left - 6, y: y(at) + 4, "text-anchor": "end", fill: "#3a4147"}, format(at)));
  }
  const apart = Math.ceil(xs.length / Math.max(Math.floor((width - left) / 75), 1));
  xs.forEach((words, i) => { if (i % apart === 0) made.append(element("text",
    {x: x(i), y: height - 8, "text-anchor": i === 0 && !bars ? "start" : "middle", fill: "#3a4147"}, String(words))); });
  (bars || []).forEach((n, i) => n && made.append(element("rect", {x: x(i) - slot * 0.36, width: slot * 0.72,
    y: Math.min(y(n), y(0)), height: Math.max(Math.abs(y(n) - y(0)), 0.5), fill: n >= 0 ? "#15706a" : "#801650"})));
  if (area) made.append(element("path", {fill: "#801650", "fill-opacity": 0.14, d: [...area.map((pair, i) => [i, pair[1]]),
    ...area.map((pair, i) => [i, pair[0]]).reverse()].map(([i, n], k) => `${k ? "L" : "M"}${x(i).toFixed(2)} ${y(n).toFixed(2)}`).join("") + "Z"}));
  let key = left;
  for (const [values, colour, dash, words] of lines) {
    made.append(element("path", {d: values.map((n, i) => `${i ? "L" : "M"}${x(i).toFixed(2)} ${y(n).toFixed(2)}`).join(""),
      fill: "none", stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash}));
    made.append(element("line", {x1: key, x2: key + 22, y1: 12, y2: 12, stroke: colour, "stroke-width": 2.5,
      "stroke-dasharray": dash}), element("text", {x: key + 27, y: 16, fill: "#111418"}, words));
    key += 40 + 7.2 * words.length;
  }
  holder.replaceChildren(made);
}

let asked = 0;
function show() {
  for (const update of controls) update();
  const made = evaluate(setting), usual = evaluate(published()), last = data.dates.length - 1;
  made.band = band(setting, made);
  usual.band = made.band && band(published(), usual);
  const text = link();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  byId("table").replaceChildren(table(made, usual));
  const childrenWords = `Children in care on 31 March, ${data.dates[0]} to ${data.dates[last]}: `
    + `${children(made.after[last])} in the end with the reform${made.band ? ` (${within(made.band.after[last], children)} in ${CHANCES}, shaded)` : ""}, `
    + `${children(made.before[last])} without it.`;
  drawing(byId("chart-children"), childrenWords, data.dates, {format: n => group(n, 0), area: made.band && made.band.after, lines: [
    [made.before, "#12436d", null, "without it"], [made.after, "#801650", null, "with it"],
    ...(text ? [[usual.after, "#801650", "3 4", "published"]] : []),
  ]});
  byId("words-children").textContent = childrenWords;
  const least = made.net.indexOf(Math.min(...made.net)), most = made.net.indexOf(Math.max(...made.net));
  const netWords = `Net saving a year, cashable saving less reform spend: between ${pounds(made.net[least])} in `
    + `${financial(data.years[least])} and ${pounds(made.net[most])} in ${financial(data.years[most])}.`;
  drawing(byId("chart-net"), netWords, data.years.map(financial), {bars: made.net,
    format: n => Math.abs(n) < 1 ? "£0" : pounds(n, scaleOf(...made.net).slice(0, 2).concat(1))});
  byId("words-net").textContent = netWords;
  byId("command").textContent = command();
  byId("python").textContent = python();
  byId("copied").textContent = "";
  // Sentences are read aloud: once, when a slider rests.
  clearTimeout(asked);
  asked = setTimeout(() => say(made), 120);
}
function say(made) {
  const last = data.dates.length - 1;
  byId("brief").textContent = `${gain(made.npv)}; ${children(made.after[last])} children in care in ${data.dates[last]}`;
  byId("sentences").replaceChildren(...sentences(made, breakEven(setting))
    .map(([kind, words]) => element("p", kind ? {class: kind} : {}, words)));
}
function rebuild() {
  const held = document.activeElement && document.activeElement.id;
  build();
  show();
  if (held && byId(held) && !byId(held).disabled) byId(held).focus();
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); byId("copied").textContent = "Copied."; }
  catch { byId("copied").textContent = "The browser does not allow it: select the text and copy it."; }
}
byId("copy-link").addEventListener("click", () => copy(location.href));
byId("copy-python").addEventListener("click", () => copy(python()));

function open() {
  const found = fromLink(location.hash.slice(1)), problem = byId("problem");
  problem.hidden = !found.wrong;
  if (found.wrong) problem.textContent = `The link is not taken, and the published case is shown: ${found.wrong.join("; ")}.`;
  setting = found.setting || published();
  rebuild();
}
window.addEventListener("hashchange", open);
window.addEventListener("resize", () => show());
// For the tests: what is copied at a setting, without moving to it.
function textsAt(at) {
  const kept = setting;
  setting = at;
  const made = {python: python(), command: command(), npv: evaluate(at).npv};
  setting = kept;
  return made;
}
window.explorer = {textsAt, sayNow: () => say({...evaluate(setting)}), evaluate, published, band: at => band(at, evaluate(at)), command, fromLink, link, python, breakEven, pounds, children};
open();
})();
