// What every part of the page uses: elements, words, the two wires to the server.
// Text from articles and questions enters the page as text nodes only.

const $ = (id) => document.getElementById(id);

// The server counts code points, JavaScript's strings UTF-16 units: 😀 and rare characters are two.
const points = (text) => [...text];

function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && name !== "role") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const keep = {  // `store` by name: where site data are blocked, looking at it already throws
  get(store, name, otherwise) {
    try { return JSON.parse(window[store].getItem("askarticle." + name)) ?? otherwise; }
    catch { return otherwise; }
  },
  set(store, name, value) {
    try { window[store].setItem("askarticle." + name, JSON.stringify(value)); return true; }
    catch { return false; }  // full, or forbidden: the page works without
  },
};

const randomKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

let lang = keep.get("localStorage", "lang",
  (navigator.languages.find((tag) => /^(zh|en)/i.test(tag)) ?? "en").toLowerCase().startsWith("zh") ? "zh" : "en");

function t(name, ...values) {
  return WORDS[lang][name].replace(/\{\}/g, () => values.shift());
}

// As the server's errors are: in each language.
const inBoth = (name, value = "") =>
  Object.fromEntries(Object.keys(WORDS).map((tag) => [tag, WORDS[tag][name].replace("{}", value)]));

// Names what stands in the shell; what is made here is named when it is made.
function name(root) {
  document.documentElement.lang = WORDS[lang].language;
  for (const e of root.querySelectorAll("[data-w]")) e.textContent = t(e.dataset.w);
  for (const e of root.querySelectorAll("[data-w-label]")) e.setAttribute("aria-label", t(e.dataset.wLabel));
  for (const e of root.querySelectorAll("[data-w-placeholder]")) e.placeholder = t(e.dataset.wPlaceholder);
}

function say(text) { $("said").textContent = text; clearTimeout(say.timer); say.timer = setTimeout(() => { $("said").textContent = ""; }, 6000); }

// Why no answer came: the server can't be reached ("lost"), or it is too busy.
async function reason(path) {
  try {
    const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(20_000) });
    if (answer.status === 401) location.reload();  // started anew, it asks for the password again
    return answer.ok ? "busy" : "lost";
  } catch { return "lost"; }
}

// One wire carries one request at a time, the others wait: messages that Gradio delivers together
// would else hide each other.
class Wire {
  constructor(send, listen) {
    this.send = send;
    this.waiting = [];
    this.number = 0;
    // Gradio doesn't say what failed.
    listen((message) => this.receive(message), () => this.fail(this.waiting[0], reason("config")));
  }
  request(data, onProgress = () => {}) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ data: { ...data, id: ++this.number, sid }, onProgress, resolve, reject });
      if (this.waiting.length === 1) this.next();
    });
  }
  next() {
    const [first] = this.waiting;
    if (!first) return;
    this.send(first.data);
    this.heard = Date.now();
    this.look(first);
  }
  look(first) {
    this.timer = setTimeout(async () => {
      const dead = Date.now() - this.heard > 90_000 || await reason("gradio_api/app_id") === "lost";
      if (first !== this.waiting[0]) return;
      if (dead) this.fail(first, "lost");
      else this.look(first);
    }, 5_000);
  }
  receive(message) {
    const first = this.waiting[0];
    if (!first || message?.id !== first.data.id) return;
    if (message.progress) { this.heard = Date.now(); first.onProgress(message.progress); return; }
    this.end();
    if (message.error) first.reject(message.error);
    else first.resolve(message.reply ?? message.done);
  }
  async fail(first, why) {
    const word = await why;
    if (!first || first !== this.waiting[0]) return;
    this.end();
    first.reject(inBoth(word));
  }
  end() { clearTimeout(this.timer); this.waiting.shift(); queueMicrotask(() => this.next()); }
}

const failed = (which, fail) =>
  window.addEventListener("askarticle-failed", (e) => { if (e.detail === which) fail(); });
const asking = new Wire((data) => trigger("ask", data), (receive, fail) => {
  watch("value", () => receive(props.value));
  failed("ask", fail);
});
const shelving = new Wire(
  (data) => window.askarticleShelf(data),
  (receive, fail) => {
    window.addEventListener("askarticle", (e) => receive(e.detail));
    failed("shelf", fail);
  },
);

const sid = keep.get("sessionStorage", "sid", null) ?? randomKey();
keep.set("sessionStorage", "sid", sid);
const wide = matchMedia("(min-width: 900px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
