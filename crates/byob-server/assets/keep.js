// A draft is never lost: what somebody types is kept while they type it, and has been kept before the page leads elsewhere.

/** So long after the last key, in milliseconds, what stands there is sent. */
const PAUSE = 400;

for (const form of document.querySelectorAll("form[data-keep]")) {
  const touched = new Set();
  let timer, sent = Promise.resolve(), onTheWay = 0;

  function send() {
    clearTimeout(timer);
    if (!touched.size) return sent;
    const typed = new FormData(form), body = new URLSearchParams();
    for (const name of touched) {
      body.append("touched", name);
      for (const value of typed.getAll(name)) body.append(name, value);
    }
    touched.clear();
    onTheWay++;
    // One after the other, so that the last word counts; it arrives also when the page is gone.
    sent = sent.then(() => fetch(form.dataset.keep, { method: "POST", body, keepalive: true })).catch(() => {}).finally(() => onTheWay--);
    return sent;
  }

  form.addEventListener("input", ({ target }) => {
    // What is secret is sent with the form alone.
    if (target.type === "password") return;
    touched.add(target.name);
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); touched.clear(); });

  // The next page is made when what was typed here is kept.
  const isKept = () => !touched.size && !onTheWay;
  addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (isKept() || !link || link.target || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    await send();
    location.assign(link.href);
  });
  addEventListener("submit", async (event) => {
    if (event.target === form || isKept()) return;
    event.preventDefault();
    // To the rest of the page, it is sent later.
    event.stopPropagation();
    await send();
    event.target.requestSubmit(event.submitter);
  }, true);
  addEventListener("beforeunload", send);
  addEventListener("pagehide", send);
}
