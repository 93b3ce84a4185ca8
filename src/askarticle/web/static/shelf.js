// Articles of the reader's own: paste, address, file; progress; what was left out, put back.

const MAX_PASTED = 1_000_000;  // as in originals.py
const MAX_QUESTION = 1_000;  // what is longer is an article
const ADDRESS = /^(?:https?:\/\/\S+|(?:[a-z\d-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?)$/i;

let all = null;  // whether all articles are asked; null until the reader chose

const scope = () => (library.count > 1 && (all ?? !library.articles.some((a) => a.own)) ? "all" : "one");

// Of this tab, for when it is loaded again.
function keepPlace() { keep.set("sessionStorage", "place", { key: shown.key, all }); }

function listArticles() {
  const many = library.count > 1;
  $("articles").hidden = $("scope").hidden = !many;
  $("articles").replaceChildren(...(listed(shown.key) ? [] : [shown]).concat(library.articles).map((a) =>
    el("option", { value: a.key, selected: a.key === shown.key }, a.name.slice(0, 60))));
  $("scope").replaceChildren(...["one", "all"].map((which) =>
    el("option", { value: which, selected: which === scope() }, t("scope_" + which))));
  $("drop-article").hidden = !shown.own;
}

function openAdd(text = "") {
  state(text && t("an_article"));
  if (text) $("paste").value = text;
  $("add").showModal();
  $("paste").focus();
}

function state(text, error = false) {
  $("add-state").textContent = text;
  $("add-state").className = error ? "error" : "";
}

const howFar = (step) => (step.total ? t("indexing", step.done, step.total) : t("reading"));

function progress(step) {
  const bar = $("add-progress");
  bar.hidden = false;
  if (step.total) { bar.max = step.total; bar.value = step.done; } else bar.removeAttribute("value");
  state(howFar(step));
}

async function add(file = null) {
  const text = file ? "" : $("paste").value.trim();
  if (!file && !text) { state(t("nothing"), true); return; }
  if (text.length > MAX_PASTED) { state(t("too_long"), true); return; }
  const data = { op: "add" };
  progress({ total: 0 });
  $("read").disabled = true;
  $("file-label").firstChild.textContent = file ? file.name : t("file");
  try {
    if (file) data.file = await sent(file);
    else if (ADDRESS.test(text)) data.url = text.replace(/^(?!https?:)/i, "https://");
    else data.text = text;
    const answer = await shelving.request(data, progress);
    if ($("paste").value.trim() === text) $("paste").value = "";  // else it was changed meanwhile
    $("add").close();
    all = null;
    take(answer);
    openSheet();
    say(t("added", sentencesOf(shown).length));
  } catch (error) {
    if ($("add").open) state(error[lang], true);
    else say(error[lang]);
  }
  $("add-progress").hidden = true;
  $("read").disabled = false;
  $("file-label").firstChild.textContent = t("file");
  $("file").value = "";  // so that the same one can be chosen again
}

// The page was loaded again while an article was being read.
async function waitForArticle() {
  say(t("reading"));
  const before = library.count;
  try { take(await shelving.request({ op: "wait" })); } catch (error) { say(error[lang]); return; }
  say(library.count > before ? t("added", sentencesOf(shown).length) : t("not_read"));
}

async function sent(file) {
  if (file.size > MAX_FILE) throw inBoth("too_big", Math.round(MAX_FILE / 1e6));
  try { return (await upload(file)).path; } catch { throw inBoth("not_uploaded"); }
}

async function putBack(which) {
  const { key } = shown;
  const buttons = [...document.querySelectorAll("#removed button")];
  const at = buttons.indexOf(document.activeElement);
  for (const button of buttons) button.disabled = true;  // the article gets another key
  say(t("reading"));
  try {
    const answer = await shelving.request({ op: "keep", key, ...which }, (step) => say(howFar(step)));
    const tops = [$("article"), document.querySelector("#removed ul")].map((e) => e.scrollTop);
    views.delete(key);
    take(answer);
    const details = document.querySelector("#removed details");
    if (details) {
      details.open = true;
      [...details.querySelectorAll("button")].slice(0, at + 1).pop()?.focus();
      details.querySelector("ul").scrollTop = tops[1];
    }
    $("article").scrollTop = tops[0];
    say(t("added", sentencesOf(shown).length));
  } catch (error) {
    for (const button of buttons) button.disabled = false;
    say(error[lang]);
    if (isGone(error)) await lookAgain();
  }
}

async function dropShown() {
  const key = shown.key;
  try {
    const answer = await shelving.request({ op: "drop", key });
    views.delete(key);
    take(answer);
  } catch (error) { say(error[lang]); }
}
