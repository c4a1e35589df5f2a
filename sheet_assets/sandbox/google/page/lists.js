// The list of spreadsheets, and the tabs of the one that is open.

export function showFiles(list, files, openId) {
  list.replaceChildren(
    ...files.map((file) => {
      const link = document.createElement("a");
      link.href = `/spreadsheets/d/${encodeURIComponent(file.id)}/edit`;
      link.dataset.id = file.id;
      if (file.id === openId) link.setAttribute("aria-current", "page");
      const name = document.createElement("span");
      name.textContent = file.name;
      const modified = document.createElement("small");
      modified.textContent = shortEdit(file);
      modified.title = lastEdit(file);
      link.append(name, modified);
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
}

// Hidden tabs are not shown, as in Google's editor.
export function showTabs(list, tabs, openId) {
  list.replaceChildren(
    ...tabs.map((tab) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", tab.sheetId === openId);
      button.setAttribute("aria-controls", "sheet");
      button.tabIndex = tab.sheetId === openId ? 0 : -1;
      button.dataset.id = tab.sheetId;
      button.textContent = tab.title;
      return button;
    }),
  );
}

// `edited 12:04:31 by editor`.
export function lastEdit(file) {
  const { when, who } = edit(file, {});
  return `edited ${when} by ${who}`;
}

function shortEdit(file) {
  const { when, who } = edit(file, { timeStyle: "short" });
  return `${when} · ${who}`;
}

function edit({ modifiedTime, lastModifyingUser }, style) {
  const moment = new Date(modifiedTime);
  const today = moment.toDateString() === new Date().toDateString();
  return {
    when: today ? moment.toLocaleTimeString([], style) : moment.toLocaleDateString(),
    who: lastModifyingUser.me ? "you" : lastModifyingUser.emailAddress.split("@")[0],
  };
}
