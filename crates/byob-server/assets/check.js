// Shows the steps of a check as they are taken. Without scripts the form is sent, and the report comes when all is done.

/** A step that takes longer than this, in milliseconds, is one that is tried again. */
const LONG = 6000;
const ASKING = "Asking AWS…";
const AGAIN = "This does not hold yet, or AWS is slow. It is asked again for three minutes at most: changes in IAM take a while to spread.";

for (const form of document.querySelectorAll("form[data-check]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const live = document.getElementById("live");
    const list = live.querySelector("ol");
    const waiting = live.querySelector(".waiting");
    const status = live.querySelector("[role=status]");
    const doing = waiting.lastElementChild;
    let timer;
    const ask = () => {
      clearTimeout(timer);
      doing.textContent = ASKING;
      if (form.querySelector("[name=wait]:checked")) timer = setTimeout(() => { doing.textContent = status.textContent = AGAIN; }, LONG);
    };
    list.replaceChildren();
    live.hidden = waiting.hidden = false;
    live.scrollIntoView({ block: "nearest" });
    document.getElementById("last")?.setAttribute("hidden", "");
    try {
      let done = false;
      ask();
      for await (const { name, data } of events(form)) {
        if (name === "step") list.insertAdjacentHTML("beforeend", data);
        if (name === "done") { done = true; location.assign(data); }
        if (name === "error") throw new Error(data);
        status.textContent = `${list.children.length} steps taken`;
        ask();
      }
      if (!done) throw new Error("The connection to the service was cut.");
    } catch (error) {
      waiting.hidden = true;
      status.classList.remove("visually-hidden");
      status.textContent = `The check broke off: ${error.message} Check again.`;
    } finally {
      clearTimeout(timer);
      button.removeAttribute("aria-busy");
    }
  });
}

// What the server sends while it checks. The pieces are its own markup, in which everything from outside is escaped.
async function* events(form) {
  const response = await fetch(form.action, {
    method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "text/event-stream" },
  });
  if (response.redirected) throw new Error("You are no longer signed in: reload this page.");
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const of = (field) => block.split("\n").filter((line) => line.startsWith(field)).map((line) => line.slice(field.length).replace(/^ /, "")).join("\n");
      const data = of("data:");
      if (data) yield { name: of("event:"), data };
    }
  }
}
