// A draft is never lost: what somebody types is kept while they type it, and has been kept before the page leads elsewhere.

/** So long after the last key what stands there is sent, and so long a link waits for that, in milliseconds. */
const PAUSE = 400, PATIENCE = 5000;

/** Whether it was taken: whoever is no longer signed in is led elsewhere. */
async function post(typed, url) {
  try {
    const answer = await fetch(url, { method: "POST", body: typed, keepalive: true, signal: AbortSignal.timeout(PATIENCE) });
    return answer.status === 204;
  } catch {
    return false;
  }
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const touched = new Set();
  const notKept = form.querySelector("[data-not-kept]");
  let timer, sent = Promise.resolve(), onTheWay = 0, leaves = false;

  function send() {
    clearTimeout(timer);
    if (!touched.size) return sent;
    const typed = new FormData(form), body = new URLSearchParams(), names = [...touched];
    for (const name of names) {
      body.append("touched", name);
      for (const value of typed.getAll(name)) body.append(name, value);
    }
    touched.clear();
    onTheWay++;
    // One after the other, so that the last word counts; it arrives also when the page is gone.
    sent = sent.then(() => post(body, form.dataset.keep)).then((isKept) => {
      onTheWay--;
      notKept.hidden = isKept;
      if (!isKept) for (const name of names) touched.add(name);
    });
    return sent;
  }

  form.addEventListener("input", ({ target }) => {
    // What is secret is sent with the form alone.
    if (target.type === "password") return;
    touched.add(target.name);
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });

  const isKept = () => leaves || (!touched.size && !onTheWay);

  /** Sends what is not kept; whoever was not told yet that it cannot be is told now, and stays. */
  async function mayLeave() {
    const isTold = !notKept.hidden;
    leaves = (await canBeKept()) || isTold;
    return leaves;
  }

  async function canBeKept() {
    await send();
    if (!notKept.hidden) notKept.scrollIntoView({ block: "nearest" });
    return notKept.hidden;
  }

  // The next page is made when what was typed here is kept.
  addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (isKept() || !link || link.target || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (await mayLeave()) location.assign(link.href);
  });
  addEventListener("submit", async (event) => {
    // The form itself, too, is sent when all of it is kept: whoever is no longer signed in is led elsewhere with it.
    const isOwn = event.target === form;
    if (isKept() && (!isOwn || notKept.hidden)) return;
    event.preventDefault();
    // To the rest of the page, it is sent later.
    event.stopPropagation();
    if (isOwn ? await canBeKept() : await mayLeave()) event.target.requestSubmit(event.submitter);
  }, true);
  addEventListener("beforeunload", send);
  addEventListener("pagehide", send);
}
