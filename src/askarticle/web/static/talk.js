// The conversation: questions, answers, what put a passage there, what to ask next.

let turns = [];
const awaited = new Map();  // turns by id whose answers are on their way, also of other conversations

// What is shown of an answer: of one that isn't in the article only the closest passage.
const passages = (reply) => (reply ? reply.hits.slice(0, reply.found ? undefined : 1) : []);

function welcome() {
  const foreign = ([question]) => isChinese(question) !== (lang === "zh");
  const chips = [...shown.suggestions].sort((a, b) => foreign(a) - foreign(b)).slice(0, 5).map(([question]) => chip(question));
  $("turns").replaceChildren(el("section", { id: "welcome" },
    el("h2", {}, t("welcome")),
    ...(chips.length ? [el("p", {}, t("try")), el("div", { className: "chips" }, ...chips)] : []),
    el("p", { className: "keys" }, t("keys"))));
}

function chip(question) {
  return el("button", { type: "button", className: "chip", onclick: () => submit(question) }, question);
}

function submit(question) {
  question = question.trim();
  if (!question || !shown) return;
  if (!turns.length) $("turns").replaceChildren();
  document.querySelectorAll("#turns .next").forEach((old) => old.remove());
  const turn = { id: randomKey(), question, reply: null, error: null };
  turns.push(turn);
  answer(turn);
}

async function answer(turn) {
  turn.error = null;
  turn.scope ??= scope() === "one" ? shown.key : "";  // asked again, it is asked where it was
  draw(turn);
  reveal(turn);
  remember();
  awaited.set(turn.id, turn);
  try {
    turn.reply = await asking.request({ question: turn.question, scope: turn.scope, talk });
    turn.own = isOwn(turn.reply.hits[0].key);
  } catch (error) { turn.error = error; }
  awaited.delete(turn.id);
  if (!turns.includes(turn)) { putAway(turn); return; }
  if (turn.error && isGone(turn.error)) { await giveUp(turn); return; }
  draw(turn);
  if (turn !== turns[turns.length - 1]) { remember(); return; }
  reveal(turn);
  if (turn.reply) {
    current = turn;
    markCurrent();
    const [first] = turn.reply.hits;
    if (turn.reply.found) await goTo(first.key, first.start, turn, { sheet: false });
  }
  remember();
}

// Its article is no longer here. The question goes back into the box, for what is here.
async function giveUp(turn) {
  turns = turns.filter((other) => other !== turn);
  remember();
  await lookAgain();
  draw(turn);
  if (!$("ask").value) { $("ask").value = turn.question; typed(); }
}

function reveal(turn) {
  const pane = $("turns");
  const top = turn.element.offsetTop - 12;
  pane.scrollTo({ top, behavior: calm.matches ? "instant" : "smooth" });
}

function look(turn) {
  current = turn;
  markCurrent();
  reveal(turn);
  turn.element.querySelector(".cite")?.focus({ preventScroll: true });
}

function draw(turn) {
  const made = el("section", { className: "turn" }, el("h2", { className: "asked" }, turn.question));
  if (turn.error) {
    made.append(el("div", { className: "none" }, el("p", { className: "say" }, turn.error[lang]), turns.includes(turn)
      ? el("button", { type: "button", className: "chip", onclick: () => answer(turn) }, t("again")) : null));
  } else if (!turn.reply) made.append(el("p", { className: "say waiting" }, t("waiting")));
  else made.append(...drawReply(turn));
  if (turn.element?.isConnected) turn.element.replaceWith(made);
  else $("turns").append(made);
  turn.element = made;
}

function drawReply(turn) {
  const reply = turn.reply;
  const [first, ...others] = passages(reply);
  const parts = [];
  if (reply.carried) parts.push(el("p", { className: "carried" }, t("carried", reply.carried)));
  if (!reply.found) parts.push(el("p", { className: "say" }, t("not_found")));
  else if (reply.text !== first.text) {
    parts.push(el("p", { className: "answer", lang: first.lang }, reply.text, " ", cite(turn, first, 1)));
  }
  parts.push(drawHit(turn, first, 1));
  if (others.length) {
    parts.push(el("p", { className: "say" }, t("also")), ...others.map((hit, i) => drawHit(turn, hit, i + 2)));
  }
  parts.push(tools(turn));
  return [el("div", { className: reply.found ? "reply" : "reply none" }, ...parts, ...drawNext(turn))];
}

function drawNext(turn) {
  const next = nextQuestions(turn);
  return next.length ? [el("div", { className: "next" }, el("p", { className: "say" }, t("next")),
    el("div", { className: "chips" }, ...next.map(chip)))] : [];
}

// Another article is shown: what to ask next is of that one.
function offerNext() {
  const turn = turns[turns.length - 1];
  if (!turn?.reply || !turn.element) return;
  turn.element.querySelector(".next")?.remove();
  turn.element.querySelector(".reply").append(...drawNext(turn));
}

function cite(turn, hit, number) {
  return el("a", { className: "cite", href: "#" + sentenceId(hit.key, hit.start), "aria-label": t("cite", number),
    onclick: async (e) => { e.preventDefault(); (await goTo(hit.key, hit.start, turn))?.focus({ preventScroll: true }); } }, `[${number}]`);
}

function drawHit(turn, hit, number) {
  const place = t("place", hit.paragraph) + (library.count > 1 ? ` · ${hit.article}` : "");
  const word = hit.confidence >= 0.5 ? "likely" : hit.confidence >= 0.3 ? "possible" : "unlikely";
  const percent = Math.round(hit.confidence * 100);
  const bar = el("span", { className: "gauge", "aria-hidden": "true" }, el("i"));
  bar.firstChild.style.width = `${percent}%`;
  return el("div", { className: number === 1 && turn.reply.found ? "hit best" : "hit" },
    el("p", { className: "place" }, cite(turn, hit, number), el("span", {}, place),
      el("span", { className: "confidence", title: t("confidence", percent) }, bar, t(word))),
    el("p", { className: "passage", lang: hit.lang }, ...marked(hit.text, hit.start, hit.marks)),
    why(hit));
}

const endOf = (hit) => hit.start + points(hit.text).length;

function why(hit) {
  const split = el("span", { className: "split", "aria-hidden": "true" }, el("i"), el("b"));
  split.firstChild.style.width = `${hit.share}%`;
  const kinds = new Set(hit.why.map(([, , kind]) => kind));
  const legend = ["word", "meaning"].filter((kind) => kinds.has(kind))
    .map((kind) => el("span", { className: kind }, t("by_" + kind)));
  return el("details", { className: "why" }, el("summary", {}, t("why")),
    el("p", {}, split, t("share", hit.share, 100 - hit.share)),
    el("p", { lang: hit.lang }, ...marked(hit.text, hit.start, hit.why, "span")),
    el("p", { className: "legend" }, ...(legend.length ? legend : [t("no_word")])));
}

function tools(turn) {
  const { found, hits: [hit] } = turn.reply;
  const rate = async (good) => {
    const before = turn.rated;
    if (good === before) return;
    press(good);
    try {
      await shelving.request({ op: "rate", key: hit.key, question: turn.question, found, start: hit.start, end: endOf(hit), good });
      say(t("thanks"));
    } catch (error) { press(before); say(error[lang]); }
    remember();
  };
  const buttons = [true, false].map((good) =>
    el("button", { type: "button", onclick: () => rate(good) }, t(good ? "good" : "bad")));
  const press = (good) => {  // not drawn anew: that would take the focus away, and close what is open
    turn.rated = good;
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(good === (i === 0))));
  };
  press(turn.rated);
  return el("p", { className: "tools" },
    el("button", { type: "button", onclick: () => copy(turn) }, t("copy")),
    ...(library.rates && !turn.own ? buttons : []));
}

const isChinese = (text) => /[\u4e00-\u9fff]/.test(text);

// Suggested questions that weren't asked yet: in the script of this one, nearest to the answer first.
function nextQuestions(turn) {
  if (turn !== turns[turns.length - 1]) return [];
  const asked = new Set(turns.map((other) => other.question));
  const at = turn.reply.hits[0].start;
  const same = ([question]) => isChinese(question) === isChinese(turn.question);
  const left = shown.suggestions.filter(([question]) => !asked.has(question));
  return (left.filter(same).length > 1 ? left.filter(same) : left)
    .sort(([, a], [, b]) => Math.abs(a - at) - Math.abs(b - at)).slice(0, 3).map(([question]) => question);
}

function redraw() {
  if (!turns.length) { welcome(); return; }
  $("turns").replaceChildren();
  for (const turn of turns) { turn.element = null; draw(turn); }
}

// ↑ and ↓ lead through the passages of the current answer.
function step(by) {
  const hits = passages(current?.reply);
  if (!hits.length) return false;
  const at = hits.findIndex((hit) => $(sentenceId(hit.key, hit.start))?.classList.contains("at"));
  const next = hits[at < 0 ? (by > 0 ? 0 : hits.length - 1) : (at + by + hits.length) % hits.length];
  goTo(next.key, next.start, current, { sheet: !wide.matches });
  const cites = current.element.querySelectorAll(".hit .cite");
  const link = cites[hits.indexOf(next)];
  link?.scrollIntoView({ block: "nearest" });
  if (document.activeElement !== $("ask")) link?.focus({ preventScroll: true });
  return true;
}
