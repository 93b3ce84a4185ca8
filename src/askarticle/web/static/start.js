// What clicks and keys do, and the page's beginning.

const panes = $("panes");

function typed() {
  const box = $("ask");
  keep.set("sessionStorage", "draft", box.value);
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

let early = false;  // Enter came before the article: the question is sent when it is here

function send() {
  const question = $("ask").value;
  if (!shown) { early = true; return; }
  if (!question.trim()) return;
  $("ask").value = "";
  typed();
  if (question.length > MAX_QUESTION) openAdd(question);
  else submit(question);
}

function inWords() {
  name(panes);
  redraw();
  if (shown) show(shown);
}

// Enter that ends pinyin: Safari ends the composition first, and then tells the key as 229.
const composing = (e) => e.isComposing || e.keyCode === 229;

$("question").addEventListener("submit", (e) => { e.preventDefault(); send(); });
$("ask").addEventListener("input", typed);
$("ask").addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !composing(e)) { e.preventDefault(); send(); }
});

const clicks = {
  "open-article": () => { openSheet(); $("close-article").focus(); },
  "close-article": closeSheet,
  "new-talk": newTalk,
  "open-history": openHistory,
  "close-history": () => $("history").close(),
  forget,
  export: exportTalk,
  "open-add": () => openAdd(),
  "close-add": () => $("add").close(),
  read: () => add(),
  "drop-article": dropShown,
  "switch-language": () => {
    lang = lang === "zh" ? "en" : "zh";
    keep.set("localStorage", "lang", lang);
    inWords();
  },
};
for (const [id, does] of Object.entries(clicks)) $(id).addEventListener("click", does);

$("articles").addEventListener("change", (e) => open(e.target.value));
$("scope").addEventListener("change", (e) => { all = e.target.value === "all"; keepPlace(); });
$("file").addEventListener("change", (e) => { if (e.target.files[0]) add(e.target.files[0]); });
panes.addEventListener("dragover", (e) => e.preventDefault());
panes.addEventListener("drop", (e) => {
  e.preventDefault();
  const [file] = e.dataTransfer.files;
  if (!file) return;
  if (!$("add").open) openAdd();
  add(file);
});

$("strip").addEventListener("click", (e) => {
  if (e.target.dataset.start) goTo(shown.key, Number(e.target.dataset.start));
});
$("text").addEventListener("click", (e) => {
  const sentence = e.target.closest(".sentence");
  if (sentence && !String(getSelection())) openMenu(sentence);
});
$("text").addEventListener("keydown", (e) => {
  if (!e.target.classList.contains("sentence")) return;
  if (e.key === "Enter" || e.key === " ") { e.preventDefault(); openMenu(e.target); }
  const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!by || e.ctrlKey || e.metaKey || e.altKey) return;
  const sentences = [...document.querySelectorAll("#text .sentence")];
  const next = sentences[sentences.indexOf(e.target) + by];
  if (next) { e.preventDefault(); stopAt(next); next.focus(); }
});
panes.addEventListener("click", (e) => {
  if (!e.target.closest("#sentence-menu, .sentence")) closeMenu();
  if (e.target === panes) closeSheet();  // what is left free of the conversation, inert by now
});
document.addEventListener("keydown", (e) => {
  if (document.querySelector("dialog[open]")) return;
  const typing = e.target.closest?.("textarea, input, select");
  if (e.key === "Escape") { if (!closeMenu({ back: true })) closeSheet(); return; }
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "/" && !typing) { e.preventDefault(); closeSheet(); $("ask").focus(); return; }
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const free = !typing || (typing === $("ask") && !typing.value);
  if (by && free && !e.target.closest?.("#sentence-menu") && ![$("article"), $("turns")].includes(e.target) && step(by)) e.preventDefault();
});
wide.addEventListener("change", () => { closeSheet(); layOut(false); });
addEventListener("popstate", () => { if (reading()) layOut(false); });

name(panes);
layOut(false);
if (history.state?.sheet) history.replaceState(null, "");  // loaded again while the sheet was open
$("ask").value ||= keep.get("sessionStorage", "draft", "");
typed();
(async function start() {
  if (!window.askarticleShelf) {  // the other component loads by itself
    await new Promise((resolve) => window.addEventListener("askarticle-wire", resolve, { once: true }));
  }
  const place = keep.get("sessionStorage", "place", {});
  all ??= place.all ?? null;
  try { take(await shelving.request({ op: "hello", key: place.key })); }
  catch (error) {
    $("turns").replaceChildren(el("p", { className: "say" }, error[lang]),
      el("button", { type: "button", className: "chip", onclick: start }, t("again")));
    return;
  }
  const saved = talks().find((other) => other.id === talk);
  if (saved && !turns.length) resume(saved);
  if (wide.matches) $("ask").focus();
  if (early) send();
  if (library.reading) await waitForArticle();
})();
