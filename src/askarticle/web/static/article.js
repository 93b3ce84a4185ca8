// The article's pane: its sentences, the marks of the current answer, the strip, what was left out.

const views = new Map();  // articles by key, as the server gave them
let library = { articles: [], count: 0, rates: false };
let shown = null;  // the article in the pane
let current = null;  // the turn whose passages are marked

const sentenceId = (key, start) => `s-${key}-${start}`;

function show(view) {
  shown = view;
  views.set(view.key, view);
  keepPlace();
  const article = el("article", { lang: view.lang });
  if (view.title) article.append(el("h1", {}, view.title));
  const about = [view.author, view.date].filter(Boolean).join(" · ");
  if (about || view.url) {
    article.append(el("p", { className: "about" }, about, about && view.url ? " · " : "",
      view.url ? el("a", { href: view.url, target: "_blank", rel: "noopener noreferrer" }, t("source")) : ""));
  }
  for (const sentences of view.paragraphs) {
    article.append(el("p", {}, ...sentences.flatMap(([start, gap, text]) =>
      [gap, el("span", { className: "sentence", id: sentenceId(view.key, start) }, text)])));
  }
  $("text").replaceChildren(article);
  stopAt(article.querySelector(".sentence"));
  $("article").scrollTop = 0;
  closeMenu();
  showRemoved();
  listArticles();
  markCurrent();
  offerNext();
}

function sentencesOf(view) { return view.paragraphs.flat(); }

// Text with ranges of it in elements; ranges are [start, end, class] of the article, in order.
function marked(text, start, ranges, tag = "mark") {
  const chars = points(text), parts = [];
  const cut = (a, b) => chars.slice(a, b).join("");
  let end = 0;
  for (const [from, to, kind] of ranges) {
    const [a, b] = [Math.max(end, from - start), Math.min(chars.length, to - start)];
    if (a >= b) continue;
    parts.push(cut(end, a), el(tag, { className: kind ?? "" }, cut(a, b)));
    end = b;
  }
  return [...parts, cut(end)];
}

// With Tab one reaches the marked sentences and one of the others; ← and → lead on from each.
let stop = null;

function reachable(sentence, yes) {
  if (yes) { sentence.tabIndex = 0; sentence.setAttribute("role", "button"); return; }
  sentence.removeAttribute("tabindex");
  sentence.removeAttribute("role");
}

function stopAt(sentence) {
  if (stop && !stop.classList.contains("hit")) reachable(stop, false);
  stop = sentence;
  if (stop) reachable(stop, true);
}

function markCurrent() {
  for (const old of document.querySelectorAll("#text .hit")) {
    old.classList.remove("hit", "first", "at");
    old.replaceChildren(old.textContent);
    if (old !== stop) reachable(old, false);
  }
  const reply = current?.reply;
  for (const [rank, hit] of passages(reply).entries()) {
    const sentence = $(sentenceId(hit.key, hit.start));
    if (!sentence) continue;
    sentence.classList.add("hit");
    if (rank === 0 && reply.found) sentence.classList.add("first");
    reachable(sentence, true);
    if (reply.found) sentence.replaceChildren(...marked(hit.text, hit.start, hit.marks));
  }
  drawStrip();
}

function drawStrip() {
  const strip = $("strip");
  const relevance = current?.reply?.strip;
  if (!shown) return;
  const sentences = sentencesOf(shown);
  const shades = relevance?.key === shown.key && relevance.shades.length === sentences.length ? relevance.shades : [];
  const size = Math.ceil(sentences.length / 400);  // more pieces than pixels would be waste
  const pieces = [];
  for (let i = 0; i < sentences.length; i += size) {
    const group = sentences.slice(i, i + size);
    const shade = Math.max(0, ...shades.slice(i, i + size));
    const best = shades.length ? shades.slice(i, i + size).indexOf(shade) : 0;
    const [start, , text] = group[Math.max(0, best)];
    const piece = el("i", { title: text.slice(0, 80) });
    piece.dataset.start = start;
    piece.style.flexGrow = group.reduce((sum, [, , s]) => sum + s.length, 0);
    piece.style.setProperty("--shade", shade / 100);
    pieces.push(piece);
  }
  strip.replaceChildren(...pieces);
}

async function open(key) {
  if (shown?.key === key) return true;
  if (views.has(key)) { show(views.get(key)); return true; }
  try {
    // Of a large collection, not all are listed.
    const answer = listed(key) || library.count > library.articles.length
      ? await shelving.request({ op: "open", key }) : null;
    if (answer?.article.key === key) { take(answer); return true; }
    say(t("gone"));
  } catch (error) { say(error[lang]); }
  return false;
}

const listed = (key) => library.articles.find((article) => article.key === key);
const isOwn = (key) => Boolean(listed(key)?.own);
const isGone = (error) => /no longer here/i.test(error.en);

// The server forgot the reader's articles, as when it is started anew: what it has now is shown.
async function lookAgain() {
  views.clear();
  try { take(await shelving.request({ op: "hello" })); } catch (error) { say(error[lang]); }
}

// What the server says of the articles, and one of them whole.
function take(answer) {
  const { article, ...rest } = answer;
  library = rest;
  show(article);
  if (!turns.length) welcome();
}

async function goTo(key, start, turn = null, { sheet = true } = {}) {
  if (!(await open(key))) return;
  if (turn && turn !== current) { current = turn; markCurrent(); }
  const sentence = $(sentenceId(key, start));
  if (!sentence) return;
  document.querySelectorAll("#text .at").forEach((e) => e.classList.remove("at"));
  sentence.classList.add("at");
  stopAt(sentence);
  if (sheet) openSheet();
  if (wide.matches || sheet) {
    const pane = $("article");
    const top = sentence.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
    pane.scrollTo({ top: top - pane.clientHeight * 0.3, behavior: calm.matches ? "instant" : "smooth" });
  }
  return sentence;
}

// On a phone the article is a sheet over the conversation, which a step back closes too.
const reading = () => $("panes").classList.contains("reading");

function openSheet() {
  if (wide.matches || reading()) return;
  history.pushState({ sheet: true }, "");
  layOut(true);
}

function closeSheet() {
  if (!reading()) return;
  layOut(false);
  if (history.state?.sheet) history.back();
}

function layOut(asSheet) {
  const left = !asSheet && $("article").contains(document.activeElement);
  $("panes").classList.toggle("reading", asSheet);
  $("article").inert = !asSheet && !wide.matches;
  $("talk").inert = $("strip").inert = asSheet;
  if (left && !wide.matches) $("open-article").focus();
}

function showRemoved() {
  if (!shown.removed_count) { $("removed").replaceChildren(); return; }
  $("removed").replaceChildren(el("details", {},
    el("summary", {}, t("removed", shown.removed_count)),
    el("button", { type: "button", onclick: () => putBack({ all: true }) }, t("put_all_back")),
    el("ul", {}, ...shown.removed.map(([number, line, reason]) => el("li", {},
      el("span", {}, line.slice(0, 200)),
      el("small", {}, WORDS[lang]["reason_" + reason] ?? reason),
      el("button", { type: "button", onclick: () => putBack({ lines: [number] }), "aria-label": `${t("put_back")}: ${line.slice(0, 60)}` }, t("put_back")))))));
}

// A sentence clicked: the questions that it answered, and a way to ask about it.
function openMenu(sentence) {
  const start = Number(sentence.id.split("-").pop());
  const answered = turns.filter((turn) => passages(turn.reply).some((hit) => hit.key === shown.key && hit.start === start));
  const can = shown.suggestions.filter(([question, at]) => at === start && !answered.some((turn) => turn.question === question));
  const ask = (question) => { closeMenu(); closeSheet(); submit(question); };
  const menu = $("sentence-menu");
  menu.replaceChildren(
    ...(answered.length ? [el("p", {}, t("answered")), el("ul", {}, ...answered.map((turn) =>
      el("li", {}, el("button", { type: "button", onclick: () => { closeMenu(); closeSheet(); look(turn); } }, turn.question))))]
      : can.length ? [] : [el("p", {}, t("answered_none"))]),
    ...(can.length ? [el("p", {}, t("answers")), el("ul", {}, ...can.map(([question]) =>
      el("li", {}, el("button", { type: "button", onclick: () => ask(question) }, question))))] : []),
    el("button", { type: "button", className: "main", onclick: () => { closeMenu(); quote(sentence.textContent); } }, t("ask_sentence")));
  menu.hidden = false;
  menu.lastSentence = sentence;
  const pane = $("article");
  const box = sentence.getClientRects();
  const last = box[box.length - 1];
  menu.style.top = `${last.bottom - pane.getBoundingClientRect().top + pane.scrollTop + 6}px`;
  menu.querySelector("button").focus({ preventScroll: true });
}

function closeMenu({ back = false } = {}) {
  const menu = $("sentence-menu");
  if (menu.hidden) return false;
  menu.hidden = true;
  if (back) menu.lastSentence?.focus({ preventScroll: true });
  return true;
}

function quote(text) {
  closeSheet();
  const short = text.length > 60 ? text.slice(0, 60) + "…" : text;
  $("ask").value = lang === "zh" ? `“${short}” ` : `"${short}" `;
  $("ask").focus();
  typed();
}
