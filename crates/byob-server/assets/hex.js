// Shows a file byte by byte, some kilobytes at a time.

import { fails, range } from "./viewer.js";

const STEP = 8192, ROW = 16;
const content = document.getElementById("content");
const more = document.createElement("button");
more.type = "button";
let at = 0;

function row(bytes, offset) {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const left = hex.slice(0, 8).join(" ").padEnd(23), right = hex.slice(8).join(" ").padEnd(23);
  const text = [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
  return `${offset.toString(16).padStart(8, "0")}  ${left}  ${right}  ${text}\n`;
}

async function grow() {
  more.disabled = true;
  try {
    const { bytes, whole, isEnd } = await range(content.dataset.url, at, STEP);
    const rows = [];
    for (let from = 0; from < bytes.length; from += ROW) rows.push(row(bytes.subarray(from, from + ROW), at + from));
    if (at === 0) content.textContent = "";
    content.append(rows.join("") || (at === 0 ? "The file is empty." : ""));
    at += bytes.length;
    more.hidden = isEnd;
    more.textContent = `Show more: ${at.toLocaleString()} ${whole ? `of ${whole.toLocaleString()} ` : ""}bytes are shown`;
  } catch (error) {
    if (at === 0) content.hidden = true;
    fails(error instanceof TypeError ? undefined : error.message);
  } finally {
    more.disabled = false;
  }
}

more.addEventListener("click", grow);
more.hidden = true;
content.after(more);
await grow();
