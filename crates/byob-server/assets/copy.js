// Copies what `data-copy` names, and says so. Without scripts the button stays hidden: text can be marked by hand.

export function copies(button) {
  // Without TLS, browsers have no clipboard for pages.
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.dataset.text ?? source.textContent);
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

document.querySelectorAll("button[data-copy]").forEach(copies);
