// A draft is never lost: what was typed and not sent yet is sent when somebody leaves. What is not right yet is noted beside the settings.

for (const form of document.querySelectorAll("form[data-keep]")) {
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  addEventListener("pagehide", () => {
    if (typed) navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
    typed = false;
  });
}
