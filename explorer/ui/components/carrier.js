// Shows nothing: keeps the browser's token in a cookie, and lets the links of the top bar carry the draft.

const REGISTRY = Symbol.for("explorer.carrier");
const LINKS = "[data-testid=stTopNavLink], [data-testid=stTopNavDropdownLink], [data-testid=stSidebarNavLink]";
const TOKEN = /^[A-Za-z0-9_-]{16,32}$/;
const LIFE_S = 400 * 24 * 3600; // the longest that browsers allow; each visit begins it again

function cookie(name) {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

// Keeps a token that is already in the cookie, because another page of this browser may have put it there first.
function keep({ cookie: name, token }) {
  const found = cookie(name);
  const kept = TOKEN.test(found ?? "") ? found : token;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${kept}; Path=/; Max-Age=${LIFE_S}; SameSite=Strict${secure}`;
  return kept;
}

function carry(link) {
  const { parameter, draft } = window[REGISTRY];
  const address = new URL(link.href, location.href);
  if (address.searchParams.get(parameter) === draft) return;
  address.searchParams.set(parameter, draft);
  link.href = address.href;
}

function linkOf(event) {
  return event.target instanceof Element ? event.target.closest(LINKS) : null;
}

// Streamlit's own step to another page drops the draft from the address, and the server would add it with a second entry
// in the history. Going there as Back and Forward do makes one entry, with the draft in it.
function go(event) {
  const link = linkOf(event);
  if (!link || event.button !== 0) return;
  carry(link);
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    event.stopImmediatePropagation(); // Streamlit would open it in this tab; the browser opens a new one
    return;
  }
  if (link.dataset.testid !== "stTopNavLink" || link.target === "_blank") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (link.href === location.href) return;
  history.pushState({}, "", link.href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

function listen() {
  const touched = (event) => { const link = linkOf(event); if (link) carry(link); };
  for (const kind of ["pointerover", "pointerdown", "focusin", "contextmenu"]) window.addEventListener(kind, touched, true);
  window.addEventListener("click", go, true);
}

export default function (component) {
  const first = !window[REGISTRY];
  const { parameter, draft, token } = component.data;
  window[REGISTRY] = { parameter, draft };
  if (first) listen();
  document.querySelectorAll(LINKS).forEach(carry);
  const kept = keep(component.data);
  if (kept !== token) component.setTriggerValue("token", kept);
}
