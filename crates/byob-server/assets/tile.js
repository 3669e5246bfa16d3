// One tile of a grid: a picture, a folder's sign or the end of a file's name; below it the name, and a box to pick the file.

import { write } from "./name.js";

const IMAGE = /\.(apng|avif|bmp|gif|ico|jpe?g|png|webp)$/i;
const folderIcon = document.getElementById("folder");

export const isPicture = (item) => !item.isFolder && IMAGE.test(item.name);

/** Has a tile show a folder, or a file with its locator, that opens at an address. Its picture comes later. Gives the link. */
export function fill(tile, item, address, locator) {
  const link = document.createElement("a");
  const name = document.createElement("span");
  write(name, item.name);
  link.href = address;
  link.append(thumb(tile, item), name);
  tile.className = "tile";
  tile.replaceChildren(link);
  if (!item.isFolder) tile.append(box(locator, name.textContent));
  return link;
}

function thumb(tile, item) {
  const thumb = document.createElement("i");
  if (isPicture(item)) {
    const image = new Image();
    image.alt = "";
    image.decoding = "async";
    image.addEventListener("error", () => tile.classList.add("broken"), { once: true });
    thumb.append(image);
  } else if (item.isFolder) {
    thumb.append(folderIcon.content.cloneNode(true));
  } else {
    // The name says it, too.
    thumb.ariaHidden = "true";
    thumb.textContent = (item.name.split(".").pop() ?? "").slice(0, 5);
  }
  return thumb;
}

function box(locator, name) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = locator;
  box.setAttribute("aria-label", `Pick ${name}`);
  return box;
}
