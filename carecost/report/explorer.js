"use strict";
// Works out a setting from means over draws at a few settings, and shows it. See carecost/analysis/surface.py.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const years = data.years.length, MINUS = "\u2212";

// Arrays: base64 of little-endian floats, with the axes on which they hang; the last axis is years or dates.

function floats(text, size) {
  const raw = atob(text), view = new DataView(new ArrayBuffer(raw.length));
  for (let i = 0; i < raw.length; i++) view.setUint8(i, raw.charCodeAt(i));
  return Float64Array.from({length: raw.length / size},
    (_, i) => size === 8 ? view.getFloat64(8 * i, true) : view.getFloat32(4 * i, true));
}

function block(stated) {
  if (!stated) return null;
  return {axes: stated.axes, values: stated.f64 ? floats(stated.f64, 8) : floats(stated.f32, 4)};
}

const cases = new Map(data.cases.map(one => [`${one.scenario}/${one.start}`, {
  ...one,
  children: one.children.map(block),
  items: one.items.map(item => Object.fromEntries(["drawn", "known"].map(kind => [kind, item[kind] && {
    before: block(item[kind].before), more: block(item[kind].more), dearer: block(item[kind].dearer),
  }]).concat([["carried", block(item.carried)]]))),
}]));

// A setting: what each slider is at. What is left out is as published.

const published = () => ({
  scenario: data.cases[0].scenario, start: data.own, claims: {}, entries: 1, prices: {}, growth: {}, cash: 1, sustained: 0,
});
const caseOf = setting => cases.get(`${setting.scenario}/${setting.start}`);
const leversOf = name => data.cases.find(one => one.scenario === name).axes.slice(1).map(axis => axis.name);

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

// A rate that is held, and then fades in a straight line to the long-run one, compounded.
function path(row, rate) {
  const level = [1], long = row.long_run ?? rate;
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

function evaluate(setting) {
  const here = caseOf(setting), byAxis = {entries: weights(here.axes[0].nodes, setting.entries)};
  for (const axis of here.axes.slice(1)) byAxis[axis.name] = weights(axis.nodes, setting.claims[axis.name] ?? 1);
  const firsts = Object.entries(here.first)
    .filter(([lever, year]) => year !== null && (lever === "" || (setting.claims[lever] ?? 1) !== 0));
  const from = firsts.length ? Math.min(...firsts.map(([, year]) => year)) : setting.start;
  const dates = data.dates.length, before = sum(here.children[0], byAxis, dates);
  const more = sum(here.children[1], byAxis, dates);
  const out = {
    before: [...before], after: [...before].map((n, i) => n + more[i]), averted: [...more].map(n => -n),
    gross: new Float64Array(years), cash: new Float64Array(years), reform: new Float64Array(years),
    spend_before: new Float64Array(years), spend_after: new Float64Array(years),
  };
  data.items.forEach((item, i) => {
    const chosen = item.growth >= 0 && data.growths[item.growth].name in setting.growth;
    const row = chosen ? data.growths[item.growth] : null, factor = setting.prices[item.name] ?? 1;
    const grown = row ? path(row, setting.growth[row.name]) : null;
    const made = here.items[i][row ? "known" : "drawn"];
    const base = sum(made.before, byAxis, years), bought = sum(made.more, byAxis, years);
    const dearer = sum(made.dearer, byAxis, years), carried = sum(here.items[i].carried, byAxis, years);
    for (let y = 0; y < years; y++) {
      const times = factor * (row ? grown[y] / row.path[y] : 1);
      const volume = bought[y] * times, price = dearer[y] * times + carried[y] * setting.sustained;
      out.spend_before[y] += base[y] * times;
      out.spend_after[y] += base[y] * times + volume + price;
      if (item.reform) out.reform[y] += volume + price;
      else {
        out.gross[y] -= volume + price;
        out.cash[y] -= price + volume * cashable(item, data.years[y] - from, setting.cash);
      }
    }
  });
  out.net = out.cash.map((n, y) => n - out.reform[y]);
  out.npv = out.net.reduce((all, n, y) => all + n * data.factors[y], 0);
  out.npv_gross = out.gross.reduce((all, n, y) => all + (n - out.reform[y]) * data.factors[y], 0);
  for (const name of ["gross", "cash", "reform", "net", "spend_before", "spend_after"]) out[name] = [...out[name]];
  out.payback = payback(out.net);
  return out;
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
  if (largest >= 1e6) return [1e6, "m", largest >= 99.95e6 ? 0 : 1];
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

function slider({id, words, span, read, write, shown, initial}) {
  const input = element("input", {type: "range", id, min: span[0], max: span[1], step: span[2]});
  const output = element("output", {for: id});
  const holder = element("div", {class: "one-control"}, element("label", {for: id}, words),
    element("div", {class: "row"}, input, output));
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

function build() {
  controls.length = 0;
  const {claim, entries, price, cash} = data.sliders, levers = leversOf(setting.scenario);
  const back = element("button", {type: "button", id: "back"}, "Back to the published case");
  back.addEventListener("click", () => { setting = published(); byId("problem").hidden = true; rebuild(); });
  controls.push(() => { back.disabled = link() === ""; });
  const priceOf = name => slider({
    id: `price-${name}`, words: `Price: ${name}`, span: price, initial: 1, read: () => setting.prices[name],
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
    return slider({
      id: `growth-${data.growths.indexOf(row)}`, words: row.name[0].toUpperCase() + row.name.slice(1), span: [row.least, row.most, 0.001],
      initial: row.value, read: () => setting.growth[row.name],
      write: value => {
        setting = {...setting, growth: {...setting.growth, [row.name]: Math.round(value * 1000) / 1000}};
      },
      shown: n => `${percent(n, 1)} a year`,
    });
  };
  const [first, ...rest] = data.growths.filter(row => row.items.some(name => data.items.some(i => i.name === name)));
  const growths = [...(first ? [first] : []), ...rest].map(growthOf);
  byId("controls").replaceChildren(
    back,
    fieldset("Choices",
      choice("scenario", "Scenario", Object.entries(data.scenarios).map(([name, plan]) => [name, plan.title]),
        () => setting.scenario, value => { setting = {...setting, scenario: value, claims: {}, sustained: 0}; }),
      choice("start", "Programme year 1", data.starts.map(year => [year, financial(year)]),
        () => setting.start, value => { setting = {...setting, start: Number(value)}; })),
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
  const growths = Object.fromEntries(data.growths.map(row => [row.name, row]));
  const priced = new Set(data.items.filter(item => item.priced).map(item => item.name));
  for (const [key, value] of parts) {
    const dot = key.indexOf("."), where = dot < 0 ? key : key.slice(0, dot), name = key.slice(dot + 1);
    if (where === "scenario") continue;
    if (where === "start" && data.starts.includes(Number(value))) made.start = Number(value);
    else if (["entries", "cash", "sustained"].includes(where)) made[where] = within(key, value, data.sliders[where]);
    else if (where === "claims" && leversOf(made.scenario).includes(name))
      made.claims[name] = within(key, value, data.sliders.claim);
    else if (where === "prices" && priced.has(name)) made.prices[name] = within(key, value, data.sliders.price);
    else if (where === "growth" && name in growths)
      made.growth[name] = within(key, value, [growths[name].least, growths[name].most]);
    else wrong.push(`${key}=${value} is not here`);
  }
  return wrong.length ? {wrong} : {setting: made};
}

// The same in Python and as a command

const quoted = text => JSON.stringify(text);
const mapped = pairs => `{${Object.entries(pairs).map(([name, n]) => `${quoted(name)}: ${n}`).join(", ")}}`;
function python() {
  if (data.given) return "The draws of this run were made elsewhere: ask results.what_if(…) of the run itself.";
  const lines = ["import carecost as cc"], plan = data.scenarios[setting.scenario];
  const kept = `cc.Results.load(${quoted("FOLDER")})`;
  let set = data.load || `${kept}.run.assumptions`;
  for (const [name, rate] of Object.entries(setting.growth)) set += `.replace(${quoted(name)}, ${rate})`;
  lines.push(`chosen = ${set}`);
  if (setting.cash !== 1) {
    const by = setting.cash, more = `x + ${rounded(by - 1, 10)} * (1 - x)`;
    lines.splice(1, 0, "from dataclasses import replace");
    lines.push(by > 1 ? `share = lambda x, c: ${more}` : `share = lambda x, c: x * ${by} if c.long < 1 else x`);
    lines.push("paid = [replace(i, cashable=cc.Cashable(share(i.cashable.short, i.cashable), "
      + "share(i.cashable.long, i.cashable), i.cashable.years)) for i in chosen.items]");
    lines.push("chosen = replace(chosen, items=paid)");
  }
  const draws = data.draws ? `, draws=cc.Draws(${data.draws}, seed=${data.seed})` : "";
  const scenario = plan.packaged ? quoted(setting.scenario) : `${kept}.run.scenarios[${quoted(setting.scenario)}]`;
  const asked = [], claims = {...setting.claims}, dated = setting.start !== data.own ? `, start=${setting.start}` : data.own_start;
  const run = (plan, start) => `cc.run(chosen, ${plan}, years=${years}${draws}${start})`;
  if (setting.sustained === 0) {
    lines.push(`response = ${run(scenario, data.own_start)}.what_if(${quoted(setting.scenario)})`);
  } else {
    for (const name of caseOf(setting).carried) claims[name] = setting.sustained;
    lines.splice(1, 0, "from carecost.analysis.sustained import sustained");
    lines.push(`plan = sustained(${run(scenario, dated)}.run, ${quoted(setting.scenario)})`);
    lines.push(`response = ${run("plan", dated)}.what_if(plan.name)`);
  }
  if (Object.keys(claims).length) asked.push(`scale=${mapped(claims)}`);
  if (Object.keys(setting.prices).length) asked.push(`prices=${mapped(setting.prices)}`);
  if (setting.entries !== 1) asked.push(`entries=${setting.entries}`);
  if (setting.start !== data.own && setting.sustained === 0) asked.push(`start=${setting.start}`);
  lines.push(`print(response.at(${asked.join(", ")}).npv().mean())`);
  return lines.join("\n");
}
function command() {
  const moved = Object.keys(setting.claims).length || Object.keys(setting.prices).length
    || Object.keys(setting.growth).length || setting.entries !== 1 || setting.cash !== 1 || setting.sustained !== 0;
  if (moved) return "The command has no option for the sliders that you moved: use the Python below.";
  if (data.given) return "The draws of this run were made elsewhere: the command cannot make them.";
  if (!data.load || !data.scenarios[setting.scenario].packaged)
    return "The set or scenario is none that is packaged: give its folder or file to carecost compare.";
  const start = setting.start === data.own && !data.own_start ? "" : ` --start ${setting.start}`;
  return `carecost compare ${data.set} ${setting.scenario} --years ${years} --draws ${data.draws} --seed ${data.seed}${start}`;
}

// What is shown

function sentences(made, share) {
  const plan = data.scenarios[setting.scenario], last = data.dates.length - 1, usual = evaluate(published());
  const own = link() === "", span = `${financial(data.years[0])} to ${financial(data.years[years - 1])}`;
  const claim = plan.claim ? ": effects as claimed, not evidenced" : "";
  const what = plan.claim ? "claim" : "effect";
  const back = made.payback === null ? "It does not pay back within the horizon." : `It pays back in ${financial(made.payback)}.`;
  const even = !leversOf(setting.scenario).length ? "" : share !== null
    ? ` It breaks even if ${percent(share)} of every ${what} comes${plan.claim ? " true" : ""}, all else as set.`
    : made.npv >= 0 ? "" : ` It does not break even at any share of each ${what} up to the whole.`;
  const fewer = made.averted[last];
  return [
    ["head", `${gain(made.npv)} in present value, ${span}.`],
    ["", `${plan.title}${claim}. On 31 March ${data.dates[last]} there would be ${children(made.after[last])} children in care, `
      + `${children(Math.abs(fewer))} ${fewer >= 0 ? "fewer" : "more"} than the ${children(made.before[last])} without it. `
      + back + even],
    ["", own ? "This is the published case."
      : `Published case (${data.scenarios[published().scenario].title}): ${lower(gain(usual.npv))}.`],
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
    ]),
    [`Spend in ${financial(data.years[years - 1])}, without it`, m => pounds(m.spend_before[years - 1])],
    [`Spend in ${financial(data.years[years - 1])}, with it`, m => pounds(m.spend_after[years - 1])],
    [`Reform spend, ${span}`, m => pounds(all(m.reform))],
    [`Gross saving, ${span}`, m => pounds(all(m.gross))],
    [`Cashable saving, ${span}`, m => pounds(all(m.cash))],
    ["Net present saving", m => pounds(m.npv)],
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
function drawing(holder, label, xs, {lines = [], bars = null, format}) {
  const width = Math.max(holder.clientWidth || 640, 280), height = 280;
  const left = 66, right = 8, top = 30, bottom = 28;
  const every = [...lines.flatMap(line => line[0]), ...(bars || []), ...(bars ? [0] : [])];
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
  const text = link();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  byId("table").replaceChildren(table(made, usual));
  const moved = text !== "";
  const childrenWords = `Children in care on 31 March, ${data.dates[0]} to ${data.dates[last]}: `
    + `${children(made.after[last])} in the end with the reform, ${children(made.before[last])} without it.`;
  drawing(byId("chart-children"), childrenWords, data.dates, {format: n => group(n, 0), lines: [
    [made.before, "#12436d", null, "without it"], [made.after, "#801650", null, "with it"],
    ...(moved ? [[usual.after, "#801650", "3 4", "published"]] : []),
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
window.explorer = {evaluate, published, fromLink, link, python, breakEven, pounds, children};
open();
})();
