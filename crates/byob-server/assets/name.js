// Names that others chose, such as keys, as the pages write them: characters that hide, or turn others around, are seen.

const HIDDEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/u;

/** Fills an element with a name. */
export function write(element, name) {
  element.replaceChildren(...name.split(new RegExp(`(${HIDDEN.source})`, "u")).map((part) => {
    if (!HIDDEN.test(part)) return part;
    const control = document.createElement("span");
    control.className = "control";
    control.textContent = `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    return control;
  }));
}
