// What somebody looked at last, so that the folder above can show where that was.

const STORE = "byob-last";

/** `what` is a locator; one of a folder ends with a slash. */
export function note(what) {
  sessionStorage.setItem(STORE, what);
}

/** What they come back from in a folder; nothing if they come from elsewhere. */
export function comesFrom(folder) {
  const [{ type }] = performance.getEntriesByType("navigation");
  const before = document.referrer && new URL(document.referrer);
  const isBack = type === "back_forward" || (before?.origin === location.origin && /\/(file|files\/[^/]+)$/.test(before.pathname));
  const last = isBack ? sessionStorage.getItem(STORE) : null;
  return last !== folder && last?.startsWith(folder) ? last : null;
}

/** Whether that is what came next: it, or the folder in which it lies. */
export function leadsTo(what, last) {
  return last === what || (what.endsWith("/") && last.startsWith(what));
}

/** Whether that stands where somebody was in a folder, or behind it. Folders do so only where a folder was: they come first. */
export function standsBehind(what, last, folder) {
  const key = (locator) => locator.replace(/\?versionId=[^?]*$/, "");
  return (!what.endsWith("/") || last.includes("/", folder.length)) && key(what) >= key(last);
}
