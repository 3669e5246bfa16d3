// What somebody looked at last, so that the folder above can show where that was.

const STORE = "byob-last";

/** `what` is a locator; one of a folder ends with a slash. */
export function note(what) {
  sessionStorage.setItem(STORE, what);
}

/** What they come back from; nothing if they come from elsewhere. */
export function comesFrom() {
  const [{ type }] = performance.getEntriesByType("navigation");
  const before = document.referrer && new URL(document.referrer);
  const isBack = type === "back_forward" || (before?.origin === location.origin && /\/(file|files\/[^/]+)$/.test(before.pathname));
  return isBack ? sessionStorage.getItem(STORE) : null;
}

/** Whether that is what came next: it, or the folder in which it lies. */
export function leadsTo(what, last) {
  return last === what || (what.endsWith("/") && last.startsWith(what));
}
