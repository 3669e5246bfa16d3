// A folder as a grid, however many files are in it. Only the tiles that can be seen exist; their addresses come by one request for each
// screenful; names come a thousand at a time.

import { Addresses, isAlive } from "./addresses.js";
import { correct } from "./corrected.js";
import { comesFrom, leadsTo, note, standsBehind } from "./last.js";
import { form, offer, pick, picked, tell } from "./picked.js";
import { call, diagnose } from "./resolve.js";
import { fill, isPicture } from "./tile.js";

const grid = document.getElementById("grid");
const { organization, keys: keysUrl, bucket, prefix, file, folder } = grid.dataset;
const TILE = { least: 148, height: 156 };

/** Folders and files, in order. */
const items = [];
const before = history.state;
/** What was seen before somebody left, with its pictures, until the names have come again: so nothing flickers on the way back. */
const kept = new Map(before?.shown);
const own = `s3://${bucket}/${prefix}`;
/** What somebody comes back from, until they are at it. */
const cameFrom = comesFrom(own);
/** Among so many names it was looked for in vain. */
let last = cameFrom, looked = 0;
/** Where this script has scrolled to: whoever is elsewhere has moved there. */
let putAt = 0, hasMoved = false;
/** So much of the sheet lay above the window when it was drawn last. */
let drawnAt = 0;
const addresses = new Addresses(organization, locators, refused);
const tiles = new Map();
/** What is picked of the files here, and which was picked last. */
const pickedHere = new Set();
let pickedLast = null;
const spare = [];
let complete = false, columns = 1, width = TILE.least;
const expected = before?.count ?? 0;

const sheet = document.createElement("ul");
sheet.className = "sheet";
const status = grid.querySelector("[role=status]");
const trouble = document.getElementById("trouble");
grid.append(sheet);

function measure() {
  columns = Math.max(1, Math.floor(grid.clientWidth / TILE.least));
  width = grid.clientWidth / columns;
  const rows = Math.ceil(Math.max(items.length, expected) / columns);
  // Sizes are set by script, which the page's policy allows, not by attributes in the markup.
  sheet.style.height = `${rows * TILE.height}px`;
  for (const [index, tile] of tiles) place(tile, index);
}

function place(tile, index) {
  const x = (index % columns) * width, y = Math.floor(index / columns) * TILE.height;
  tile.style.width = `${width}px`;
  tile.style.transform = `translate(${x}px, ${y}px)`;
}

/** So much of the sheet lies above the window. */
const scrolled = () => -sheet.getBoundingClientRect().top;

/** Makes the tiles that can be seen, and two rows around, and takes the others away. */
function draw() {
  const above = drawnAt = scrolled();
  const first = Math.max(0, Math.floor(above / TILE.height) - 2) * columns;
  const last = Math.min(known(), (Math.ceil((above + innerHeight) / TILE.height) + 2) * columns);
  for (const [index, tile] of tiles) {
    // Whoever goes by keyboard stays where they are, also while they scroll away.
    if ((index < first || index >= last) && !tile.contains(document.activeElement)) {
      tile.remove();
      tile.querySelector("img")?.removeAttribute("src");
      tiles.delete(index);
      spare.push(tile);
    }
  }
  for (let index = first; index < last; index++) if (!tiles.has(index) && itemAt(index)) show(index);
}

const itemAt = (index) => items[index] ?? kept.get(index);
const known = () => Math.max(items.length, ...[...kept.keys()].map((index) => index + 1));
/** Whether the address that was kept of a picture can be used still. */
const isThere = (item) => item.url && isAlive(item.dies);

function show(index) {
  const item = itemAt(index);
  const tile = spare.pop() ?? document.createElement("li");
  const where = new URL(item.isFolder ? folder : file, location.href);
  if (item.isFolder) where.searchParams.set("prefix", prefix + item.name);
  else where.searchParams.set("locator", locator(item));
  fill(tile, item, where, locator(item)).addEventListener("click", () => note(thing(item)));
  const box = tile.querySelector("input");
  if (box) box.checked = picked.has(box.value);
  place(tile, index);
  tiles.set(index, tile);
  if (isPicture(item)) {
    if (isThere(item)) tile.querySelector("img").src = item.url;
    else if (index < items.length) load(index, tile);
  }
  // In the order of the files, for those who go from tile to tile with the keyboard.
  const next = [...tiles.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
  sheet.insertBefore(tile, next === undefined ? null : tiles.get(next));
}

/** Picks a file, or does no longer; with Shift, all from the one before to it. */
function pickAt(index, wanted, isRange) {
  const from = isRange ? pickedLast ?? index : index;
  for (let at = Math.min(from, index); at <= Math.max(from, index); at++) {
    const item = itemAt(at);
    if (!item || item.isFolder) continue;
    pick(locator(item), wanted);
    if (wanted) pickedHere.add(locator(item));
    else pickedHere.delete(locator(item));
  }
  pickedLast = index;
  showPicked();
}

function showPicked() {
  for (const box of sheet.querySelectorAll("input")) box.checked = picked.has(box.value);
  sheet.classList.toggle("some", picked.size > 0);
  tell(pickedHere.size);
}

/** Gives a tile its picture. */
async function load(index, tile) {
  const url = await addresses.of(index);
  if (tiles.get(index) !== tile) return;
  if (url) tile.querySelector("img").src = url;
  else tile.classList.add("broken");
}

/** Why files do not load, as far as the service finds out; it is asked once, for that costs the bucket's owner requests. */
let asked;
const reason = (locator) => asked ??= diagnose(organization, locator)
  .then((found) => found && { message: found.detail, problem: { hint: found.fix }, corrected: found.document }).catch(() => null);

/** So many pictures in a row are no accident. */
const MANY = 3;
let failed = 0;
sheet.addEventListener("load", () => { failed = 0; }, true);
sheet.addEventListener("error", async ({ target }) => {
  failed += 1;
  if (failed < MANY || asked) return;
  // Where nothing is found, or not even that, the tiles say what there is to say.
  const found = await reason(locator(itemAt(indexOf(target))));
  if (found) fail(found);
}, true);

/** Where not one picture gets an address, the service tells each what is for them to know if it is asked why. */
async function refused(error) {
  const picture = error.problem && items.find(isPicture);
  fail((picture && (await reason(locator(picture)))) || error);
}

/** What it is for those who come back to it. */
function thing(item) {
  return item.isFolder ? own + item.name : locator(item);
}

/** Whoever comes back is where they were, or at the nearest if that is gone. */
function enter() {
  if (!last) return;
  const isLast = (item) => leadsTo(thing(item), last);
  const find = (fits) => items.findIndex((item, index) => index >= looked && fits(item));
  let index = [...kept].find(([, item]) => isLast(item))?.[0] ?? find(isLast);
  if (index < 0) index = find((item) => standsBehind(thing(item), last, own));
  if (index < 0 && complete) index = items.length - 1;
  looked = items.length;
  if (index < 0) return;
  last = null;
  if (document.activeElement === document.body) reach(index);
}

/** The last `?versionId=` of a locator splits off a version; an empty one says that there is none. */
function locator(item) {
  const key = prefix + item.name;
  return `s3://${bucket}/${key}${key.includes("?versionId=") ? "?versionId=" : ""}`;
}

/** Those of the pictures from one place to another, and null for what is none. */
function locators(from, to) {
  return items.slice(from, to).map((item) => (isPicture(item) ? locator(item) : null));
}

function say(text) {
  status.textContent = text;
}

/** Says what went wrong, and what to do now. */
function fail({ message, problem, corrected }) {
  const [what, hint, request, ways] = trouble.children;
  what.textContent = message.replaceAll("`", "");
  hint.textContent = problem?.hint?.replaceAll("`", "") ?? "";
  request.textContent = problem?.aws?.request_id ? `AWS request ID: ${problem.aws.request_id}` : "";
  // Whatever lies between browser and service is not mended at the integration, and the service's own faults are not either.
  // The hint has it already where only admins can mend it.
  const isSaid = !ways.querySelector("a") && problem?.hint?.startsWith("An admin of your organization can mend it");
  ways.lastElementChild.hidden = isSaid || !problem || problem.status === 500;
  correct(trouble, corrected);
  trouble.hidden = false;
}

// A page that was made where no file had an address may not load any from the bucket, so that it is made anew.
trouble.querySelector("button").addEventListener("click", () => { keep(); location.reload(); });

function told() {
  if (!complete) return `${items.length.toLocaleString()} so far…`;
  if (items.length) return `${items.length.toLocaleString()} ${items.length === 1 ? "file or folder" : "files and folders"}`;
  return new URL(keysUrl, location.href).searchParams.get("glob") ? "Nothing here fits." : "Nothing is here.";
}

async function list() {
  let cursor = "";
  do {
    const url = new URL(keysUrl, location.href);
    if (cursor) url.searchParams.set("cursor", cursor);
    const page = await call(organization, url);
    const files = page.files.map((name) => ({ name }));
    items.push(...page.folders.map((name) => ({ name, isFolder: true })), ...files);
    const found = picked.size ? files.map(locator).filter((one) => picked.has(one)) : [];
    for (const one of found) pickedHere.add(one);
    cursor = page.next_cursor;
    complete = !cursor;
    say(told());
    measure();
    addresses.forget(items.length - page.files.length - page.folders.length);
    compare();
    draw();
    // What has been said already is not said once more for each thousand names.
    if (found.length || (items.length && form.querySelector(".selection").hidden)) showPicked();
    enter();
  } while (cursor);
}

/** What was kept is what there is, or makes room for it. */
function compare() {
  for (const [index, was] of kept) {
    const item = items[index];
    if (!item && !complete) continue;
    kept.delete(index);
    const isSame = was.name === item?.name && Boolean(was.isFolder) === Boolean(item.isFolder);
    const tile = tiles.get(index);
    if (!isSame) {
      // Where it lies now is looked for anew.
      if (tile?.contains(document.activeElement) && !hasMoved) [last, looked] = [cameFrom, 0];
      tile?.remove();
      tiles.delete(index);
    } else if (tile && isPicture(item) && !isThere(was)) {
      load(index, tile);
    }
  }
}

const indexOf = (element) => [...tiles].find(([, tile]) => tile.contains(element))?.[0];

// The arrows lead from tile to tile, and the space bar picks.
grid.addEventListener("keydown", (event) => {
  const at = indexOf(event.target);
  if (at === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.matches("a") && !itemAt(at).isFolder) {
    event.preventDefault();
    if (!event.repeat) pickAt(at, !picked.has(locator(itemAt(at))), event.shiftKey);
  }
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -Infinity, End: Infinity }[event.key];
  if (!step) return;
  event.preventDefault();
  const to = at + step;
  // Below the last row is the last tile; above the first one is nothing.
  if (to < 0 && Number.isFinite(to)) return;
  reach(Math.min(Math.max(to, 0), known() - 1));
});
sheet.addEventListener("click", ({ target, shiftKey }) => {
  if (target.matches("input")) pickAt(indexOf(target), target.checked, shiftKey);
});
offer(() => {
  pickedHere.clear();
  showPicked();
  const first = Math.ceil(Math.max(0, scrolled()) / TILE.height) * columns;
  (tiles.get(pickedLast) ?? tiles.get(Math.min(first, known() - 1)))?.querySelector("a").focus();
});

function put(top) {
  scrollTo(0, top);
  putAt = scrollY;
}

/** Goes to a tile, which may not be there yet. */
function reach(index) {
  const top = sheet.getBoundingClientRect().top + Math.floor(index / columns) * TILE.height;
  const bar = form.querySelector(".selection.some");
  const bottom = bar?.getBoundingClientRect().top ?? innerHeight;
  const above = trouble.hidden ? 0 : trouble.getBoundingClientRect().bottom;
  const isSeen = top >= above && top + TILE.height <= bottom;
  if (!isSeen) put(scrollY + top - (bottom - TILE.height) / 2);
  draw();
  tiles.get(index)?.querySelector("a").focus({ preventScroll: true });
}

// The way back leads to where somebody was, and the pictures are still in the browser's cache: their addresses stay the same for a while.
let pending = false, resting;
addEventListener("scroll", () => {
  // What is written while a page goes is lost when it is loaded anew. Safari lets nobody write more than a hundred times in 30 seconds.
  clearTimeout(resting);
  resting = setTimeout(keep, 400);
  if (Math.abs(scrollY - putAt) > 1) [last, hasMoved] = [null, true];
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; draw(); });
}, { passive: true });
addEventListener("pagehide", keep);

/** Keeps where somebody is, and what is shown there, in the entry of the browser's history. */
function keep() {
  const shown = [...tiles].map(([index, tile]) => {
    const item = itemAt(index);
    const dies = item.dies ?? addresses.dies(index);
    return [index, { ...item, url: tile.querySelector("img")?.src, dies }];
  });
  history.replaceState({ above: scrolled(), count: Math.max(items.length, complete ? 0 : expected), shown }, "");
}

new ResizeObserver(() => {
  const before = columns, above = drawnAt;
  measure();
  if (columns !== before && above > 0) {
    // What is seen first stays so, as far as other rows allow it.
    const first = Math.floor(above / TILE.height) * before;
    put(scrollY - scrolled() + Math.floor(first / columns) * TILE.height + (above % TILE.height));
  }
  draw();
}).observe(grid);
history.scrollRestoration = "manual";
note(own);
say("Looking…");
measure();
if (before) put(scrollY - scrolled() + before.above);
draw();
enter();
list().catch((error) => {
  say(items.length ? `The first ${items.length.toLocaleString()} files and folders` : "");
  fail(error);
});
