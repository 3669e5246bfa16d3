// Asks the service for addresses, as who is signed in.

/** Calls the API in an organization; an answer that is no success is thrown, with the `problem` if the service named one. */
export async function call(organization, url, body) {
  const headers = { "byob-organization": organization, "content-type": "application/json" };
  const response = await fetch(url, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers })
    .catch(() => { throw new Error("The service cannot be reached from this browser."); });
  if (response.redirected || response.status === 401) throw new Error("You are no longer signed in: reload this page.");
  // A proxy in front answers with pages of its own.
  const answer = await response.json().catch(() => null);
  if (!answer) throw new Error(response.ok ? "The answer of the service did not arrive whole." : `The service answered ${response.status}.`);
  if (!response.ok) throw refusal(answer);
  return answer;
}

/** What the service refused, as an error. */
export function refusal(problem) {
  return Object.assign(new Error(problem.detail), { problem });
}

/** Why a file does not load; null if it does from where the service is. */
export async function diagnose(organization, locator) {
  const { trouble } = await call(organization, "/api/v1/resolve/diagnose", { locator });
  return trouble;
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
