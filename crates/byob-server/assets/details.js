// Puts what S3 knows of a file, and its versions, beside it.

const place = document.getElementById("details");
const link = place.querySelector("a");
const url = new URL(link.href);
url.searchParams.set("bare", "true");
try {
  const response = await fetch(url);
  // Who is no longer signed in still has the link.
  if (response.ok && !response.redirected) {
    const details = document.createElement("div");
    details.innerHTML = await response.text();
    place.replaceWith(details);
  }
} catch {
  // The link leads to the same.
}
