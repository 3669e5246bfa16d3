// Asks the service for addresses, as who is signed in.

/** Calls the API in an organization; an answer that is no success is thrown. */
export async function call(organization, url, body) {
  const headers = { "byob-organization": organization, "content-type": "application/json" };
  const response = await fetch(url, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
  if (response.redirected) throw new Error("You are no longer signed in: reload this page.");
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `The service answered ${response.status}.`);
  return answer;
}

/** The addresses of files, in order: each has `url` and `expires_at`, or `error`. */
export async function resolve(organization, locators) {
  const { shared, results } = await call(organization, "/api/v1/resolve/compact", { locators });
  return results.map((one) => {
    if (one.error) return one;
    const { base, query, expires_at } = shared[one.shared];
    return { url: base + one.path + query + one.rest, expires_at };
  });
}
