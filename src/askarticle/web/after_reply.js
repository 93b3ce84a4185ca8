() => {
  // Show the question at the top of the conversation, and, where both panes are in sight,
  // the best passage in the article.
  const questions = document.querySelectorAll("#chat .user");
  questions[questions.length - 1]?.scrollIntoView({ block: "start", behavior: "smooth" });
  const replies = document.querySelectorAll("#chat .reply:not(.none)");
  const last = document.querySelectorAll("#chat .reply");
  const link = last[last.length - 1]?.querySelector("a");
  if (link && replies.length && matchMedia("(min-width: 900px)").matches) {
    location.replace(link.getAttribute("href"));
  }
}
