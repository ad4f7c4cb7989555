// Suggestions under a text field, after the ARIA pattern "combobox with list autocomplete, manual selection".
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
const WAIT_MS = 120;
const LEAST = 2;
const ICONS = { places: "pin", services: "hand", units: "doc" };
const MOST = 9;
const MOST_OF_A_GROUP = 4;

export function attachSuggestions(input, form) {
  const id = `${input.id}-suggestions`;
  const list = document.createElement("ul");
  list.id = id;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestionsLabel);
  list.hidden = true;
  const live = document.createElement("span");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  input.parentElement.append(list, live);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);

  let items = [];
  let active = -1;
  let timer = 0;
  let request = null;

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === index)));
    if (index >= 0) {
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function choose(index) {
    const item = items[index];
    close();
    if (item.hsaId) {
      location.assign(new URL(`/enhet/${encodeURIComponent(item.hsaId)}${location.search.includes("lang=en") ? "?lang=en" : ""}`, location.href));
      return;
    }
    const place = form.elements.place;
    if (item.group === "places" && place) {
      place.value = item.label;
      input.value = item.words;
      form.querySelector("[name=near]")?.remove();
    } else {
      input.value = item.text;
    }
    form.requestSubmit();
  }

  function show(found) {
    items = found.slice(0, MOST);
    list.replaceChildren(...items.map(option));
    live.textContent = items.length ? input.dataset.suggestionsCount.replace("{n}", items.length) : "";
    if (!items.length) return close();
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
  }

  function option(item, index) {
    const element = document.createElement("li");
    element.id = `${id}-${index}`;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    element.insertAdjacentHTML("beforeend", `<svg class="icon" aria-hidden="true"><use></use></svg>`);
    element.querySelector("use").setAttribute("href", `${input.dataset.icons}#${ICONS[item.group] ?? "search"}`);
    const text = document.createElement("span");
    text.textContent = item.text;
    element.append(text);
    if (item.more) {
      const more = document.createElement("small");
      more.textContent = item.more;
      element.append(more);
    }
    element.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(index);
    });
    return element;
  }

  async function ask() {
    request?.abort();
    const words = input.value.trim();
    if (words.length < LEAST) return show([]);
    request = new AbortController();
    const address = new URL(input.dataset.suggestions, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show(normal(await answer.json(), words));
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && items.length && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 && step < 0 ? items.length - 1 : (active + step + items.length) % items.length);
    }
  });
}

function begins(label, typed) {
  return label.toLocaleLowerCase("sv").startsWith(typed.toLocaleLowerCase("sv"));
}

function normal(answer, typed) {
  return answer.groups.flatMap(({ group, items }) =>
    items.slice(0, MOST_OF_A_GROUP).map((row) => ({
      group,
      label: row.label,
      words: row.words,
      text: row.words ? `${row.words} ${row.label}` : row.label,
      // Why a service is offered is plain when its name begins with what was typed.
      more: group === "services" && begins(row.label, typed) ? "" : (row.detail ?? ""),
      hsaId: group === "units" ? row.value : "",
    })),
  );
}
