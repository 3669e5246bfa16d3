// What a form made is shown this once: loading the page again shows the page, and does not send the form a second time.

history.replaceState(history.state, "", location.href);
