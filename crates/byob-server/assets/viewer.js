// What all viewers share: the beginning of the file, straight from the bucket, and why a file does not load.

import { correct } from "./corrected.js";
import { diagnose, resolve } from "./resolve.js";

export const viewer = document.getElementById("viewer");
const { organization, locator, integrations } = viewer.dataset;
const trouble = document.getElementById("trouble");

/**
 * Says that the file does not load, and why: the service is asked, unless it was already. Where the browser itself loads it, `shown` is what
 * does not show it.
 */
export async function fails(why, shown, asked) {
  const [what, fix, link] = trouble.children;
  what.textContent = why ?? "The file does not load. Finding out why…";
  trouble.hidden = false;
  try {
    const found = await (asked ?? reason());
    // What the browser loads by itself, the page need not be allowed to read.
    if (shown && found?.step === "browser-cors-allowed") {
      what.textContent = `The file loads from where the service is. Most likely it is no ${KINDS[shown.tagName]}.`;
      return;
    }
    what.textContent = found?.detail.replaceAll("`", "") ?? why ?? (await here(shown));
    fix.textContent = found?.fix.replaceAll("`", "") ?? "";
    correct(trouble, found?.document);
    if (found && integrations) {
      link.firstElementChild.href = `${integrations}/${found.integration_id}`;
      link.hidden = false;
    }
  } catch (error) {
    what.textContent = why ?? `The file does not load. ${error.message}`;
  }
}

/** Why the file does not load, as far as the service finds out. */
export const reason = () => diagnose(organization, locator);

const KINDS = { IMG: "picture that this browser can show", VIDEO: "video that this browser can play", AUDIO: "sound that this browser can play" };

/** Why a file does not load here that does from where the service is: whatever arrives is not what its name says. */
async function here(shown) {
  const first = shown && (await range(shown.src, 0, 1).catch(() => null));
  if (!first) return "The file does not load here, though it does from where the service is: perhaps a network or an extension of the browser is in the way.";
  return first.bytes.length ? `The file arrives, but it is no ${KINDS[shown.tagName]}.` : "The file is empty.";
}

/**
 * Bytes from a place on: `isEnd` says whether they are the last, and `whole` how many the file has, where that is known: pages may not see
 * it of every bucket.
 */
export async function range(url, from, length) {
  const address = await alive(url);
  try {
    return await ranged(address, from, length);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Browsers unpack what was stored packed (`Content-Encoding`), and cannot unpack a part.
    return beginning(await fetch(address, { cache: "no-store" }), from, length);
  }
}

async function ranged(url, from, length) {
  // What a browser has kept of a picture came without CORS headers, and S3 does not say that they vary; it would be taken for a refusal.
  const response = await fetch(url, { cache: "no-store", headers: { range: `bytes=${from}-${from + length - 1}` } });
  // An empty file has no range.
  if (response.status === 416) return { bytes: new Uint8Array(), whole: from, isEnd: true };
  if (response.status !== 206) return beginning(response, from, length);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const whole = Number(response.headers.get("content-range")?.split("/")[1]) || undefined;
  return { bytes, whole, isEnd: whole === undefined ? bytes.length < length : from + bytes.length >= whole };
}

/** The same of an answer with all of a file, of which no more is loaded than is needed. */
async function beginning(response, from, length) {
  if (!response.ok) throw new Error(`The bucket answered ${response.status}.`);
  const reader = response.body.getReader();
  const bytes = new Uint8Array(from + length);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bytes: bytes.subarray(from, filled), whole: filled, isEnd: true };
    const fits = value.subarray(0, bytes.length - filled);
    bytes.set(fits, filled);
    filled += fits.length;
    if (fits.length < value.length) break;
  }
  reader.cancel();
  return { bytes: bytes.subarray(from), isEnd: false };
}

let fresh;

/** The address, or a new one where it has died. */
async function alive(url) {
  if (Date.parse(viewer.dataset.expires) < Date.now()) {
    [fresh] = await resolve(organization, [locator]);
    if (!fresh.url) throw new Error(fresh.error.detail);
    viewer.dataset.expires = fresh.expires_at;
  }
  return fresh?.url ?? url;
}

/** Shows the beginning of the file in the element `content`; `show` gets its text, and whether that is all. It may say itself how much it shows. */
export async function showText(longest, show) {
  const content = document.getElementById("content");
  try {
    const { bytes, whole, isEnd } = await range(content.dataset.url, 0, longest);
    const text = decoded(bytes);
    const isSaid = text && (await show(content, text, isEnd));
    if (!text) content.textContent = "The file is empty.";
    if (!isEnd && !isSaid) note(content, `This is the beginning: ${bytes.length.toLocaleString()}${whole ? ` of ${whole.toLocaleString()}` : ""} bytes.`);
  } catch (error) {
    content.hidden = true;
    fails(error instanceof TypeError ? undefined : error.message);
  }
}

/** Text as it is meant: UTF-16 says so at its beginning, and what is no UTF-8 is taken for Windows-1252, as tables are. */
function decoded(bytes) {
  const marks = { "255,254": "utf-16le", "254,255": "utf-16be" };
  const encoding = marks[bytes.slice(0, 2).join()];
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  try {
    // What the range cuts in two at the end is no fault.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** A sentence below what is shown. */
export function note(content, text) {
  const line = document.createElement("p");
  line.className = "hint";
  line.textContent = text;
  content.after(line);
}
