() => {
  // Show the question at the top of the conversation, and, where both panes are in sight,
  // the passage that answers it in the article.
  const last = (selector) => [...document.querySelectorAll(selector)].at(-1);
  last("#chat .user-row")?.scrollIntoView({ block: "start", behavior: "smooth" });
  const link = last("#chat .bot-row")?.querySelector(".reply:not(.none) > .hit:first-child a");
  if (link && matchMedia("(min-width: 900px)").matches) {
    location.replace(link.getAttribute("href"));
  }
}
