// What is kept: the conversation in this browser, a quote with its source, an export.

const MAX_TALKS = 30;
let talk = keep.get("sessionStorage", "talk", null) ?? randomKey();

function talks() {
  return keep.get("localStorage", "talks", []).filter((saved) => Array.isArray(saved?.turns));
}

const known = new Set();  // ids of the turns that this tab made or took up

function remember() {
  const saved = talks();
  for (const turn of turns) known.add(turn.id);
  // A duplicated tab has the same conversation: whichever goes on second, goes on in one of its own.
  if (saved.find((other) => other.id === talk)?.turns.some((turn) => !known.has(turn.id))) talk = randomKey();
  keep.set("sessionStorage", "talk", talk);
  const kept = turns.map(({ id, question, scope, reply, own, rated }) => ({ id, question, scope, reply, own, rated }));
  store([{ id: talk, when: Date.now(), turns: kept }, ...saved.filter((other) => other.id !== talk)]);
}

function store(saved) {
  saved = saved.filter((other) => other.turns.length).slice(0, MAX_TALKS);
  while (!keep.set("localStorage", "talks", saved) && saved.length) saved = saved.slice(0, -1);  // full: the oldest go
}

// A late answer, of a conversation that isn't shown any more.
function putAway({ id, reply, own }) {
  if (!reply) return;
  store(talks().map((saved) => ({ ...saved, turns: saved.turns.map((turn) => (turn.id === id ? { ...turn, reply, own } : turn)) })));
}

function resume(saved) {
  talk = saved.id;
  keep.set("sessionStorage", "talk", talk);
  turns = saved.turns.map((turn) => awaited.get(turn.id) ?? { id: randomKey(), ...turn, error: null });
  for (const turn of saved.turns) known.add(turn.id);
  redraw();
  current = turns[turns.length - 1] ?? null;
  markCurrent();
  if (current) $("turns").scrollTop = current.element.offsetTop - 12;
  turns.filter((turn) => !turn.reply && !awaited.has(turn.id)).forEach(answer);  // the page was left before the answer
}

function newTalk() {
  talk = randomKey();
  turns = [];
  current = null;
  keep.set("sessionStorage", "talk", talk);
  markCurrent();
  welcome();
  $("ask").focus();
}

function openHistory() {
  const list = talks();
  $("talks").replaceChildren(...(list.length ? list.map((saved) => el("li", {},
    el("button", { type: "button", onclick: () => { $("history").close(); resume(saved); } },
      el("strong", {}, saved.turns[0].question),
      el("small", {}, `${new Date(saved.when).toLocaleString(WORDS[lang].language)} · ${t("questions_count", saved.turns.length)}`)))) : [el("li", {}, t("no_history"))]));
  $("history").showModal();
}

function forget() {
  keep.set("localStorage", "talks", []);
  $("history").close();
  newTalk();
}

// A link that opens the page at the quote: its first and last words, as browsers look for them.
function fragment(hit) {
  const encode = (text) => encodeURIComponent(text).replace(/-/g, "%2D");
  const text = hit.text.replace(/\s+/g, " ").trim();
  const base = hit.url.split("#")[0];
  const chars = points(text), words = text.split(" ");
  if (chars.length <= 60) return `${base}#:~:text=${encode(text)}`;
  const [first, last] = hit.lang === "zh" || words.length < 12 ? [chars.slice(0, 16).join(""), chars.slice(-16).join("")]
    : [words.slice(0, 5).join(" "), words.slice(-5).join(" ")];
  return `${base}#:~:text=${encode(first)},${encode(last)}`;
}

function source(hit) {
  const title = lang === "zh" ? `《${hit.article}》` : `${hit.article}, `;
  return t("quote_source", title, hit.paragraph, hit.start, endOf(hit));
}

async function copy(turn) {
  const [hit] = turn.reply.hits;
  const quoted = lang === "zh" ? `“${hit.text}”\n——${source(hit)}` : `“${hit.text}”\n— ${source(hit)}`;
  say(await copied(hit.url ? `${quoted}\n${fragment(hit)}` : quoted) ? t("copied") : t("not_copied"));
}

async function copied(text) {
  try { await navigator.clipboard.writeText(text); return true; }
  catch {  // it is there on https and localhost only
    const box = el("textarea", { value: text });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

function markdown() {
  const plain = (text) => text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|!]/g, "\\$&");
  const lines = [`# ${t("exported_title")}`, ""];
  for (const { question, reply } of turns.filter((turn) => turn.reply)) {
    lines.push(`## ${plain(question)}`, "");
    if (!reply.found) lines.push(t("exported_not_found"), "");
    else if (reply.text !== reply.hits[0].text) lines.push(plain(reply.text), "");
    for (const hit of passages(reply)) {
      lines.push(`> ${plain(hit.text)}`, ">", `> — ${plain(source(hit))}${hit.url ? ` <${fragment(hit)}>` : ""}`, "");
    }
  }
  return lines.join("\n");
}

function exportTalk() {
  const link = el("a", {
    href: URL.createObjectURL(new Blob([markdown()], { type: "text/markdown" })),
    download: `askarticle-${new Date().toISOString().slice(0, 10)}.md`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
