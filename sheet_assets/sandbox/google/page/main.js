// The page: which spreadsheet and which tab of it are open, and what is said about them.

import { inTab, parseCell, rangeName } from "./a1.js";
import { Api } from "./api.js";
import { Edits } from "./edits.js";
import { amountOf, textOf } from "./entered.js";
import { lastEdit, showFiles, showTabs } from "./lists.js";
import { Notes } from "./notes.js";
import { Sheet } from "./sheet.js";
import { Watch } from "./watch.js";

const FILE_FIELDS = "id,name,trashed,modifiedTime,capabilities,lastModifyingUser";
const MOST_SUMMED_CELLS = 50_000;
const $ = (id) => document.getElementById(id);

const api = new Api();
const files = new Map();
let file = null;
let tabs = [];
let edits = null;
// Whether the next change is what was typed here: that changes neither tabs nor notes.
let ours = false;

const sheet = new Sheet(api, {
  moved: tellSelection,
  drawn: () => {
    tellSelection();
    notes.show();
  },
  dismissed: () => notes.dismiss(),
  refused,
  failed: (error) => refused(error.message),
});
const notes = new Notes(api, sheet, { bubble: $("note"), button: $("notes"), root: $("grid") });
const watch = new Watch(api, { changed, failed: (error) => unreachable(error?.message ?? null) });

async function start() {
  listen();
  try {
    await watch.start();
    const answer = await api.call("GET", "/drive/v3/files", {
      params: { fields: `files(${FILE_FIELDS})`, pageSize: 1000 },
    });
    for (const each of answer.files) files.set(each.id, each);
  } catch (error) {
    nothing(error.message);
    return;
  }
  $("person").textContent = api.email;
  await follow();
}

// Open what the address names; without a spreadsheet, the one that was edited last.
async function follow() {
  const id = decodeURIComponent(/^\/spreadsheets\/d\/([^/]+)/.exec(location.pathname)?.[1] ?? "");
  const wanted = id || listed()[0]?.id;
  if (!wanted) return nothing("There is no spreadsheet here yet.");
  if (!files.has(wanted)) return nothing(`There is no spreadsheet ${wanted} here, or it is not yours.`);
  const gid = Number(/gid=(\d+)/.exec(location.hash)?.[1] ?? -1);
  try {
    await openFile(files.get(wanted), gid);
  } catch (error) {
    nothing(error.message);
  }
  return undefined;
}

async function openFile(wanted, gid) {
  leave();
  if (file?.id !== wanted.id) {
    file = wanted;
    edits = new Edits(api, file.id, {
      written: () => {
        ours = true;
        watch.now();
      },
      refused: (error, edit) => sheet.refused(error, edit),
    });
  }
  await readTabs();
  openTab(tabs.find((tab) => tab.sheetId === gid) ?? tabs[0]);
}

async function readTabs() {
  const answer = await api.call("GET", `/v4/spreadsheets/${file.id}`, {
    params: { fields: "sheets.properties" },
  });
  tabs = answer.sheets.map((each) => each.properties).filter((tab) => !tab.hidden);
}

function openTab(tab) {
  leave();
  $("empty").hidden = true;
  sheet.open(edits, tab);
  history.replaceState(null, "", `/spreadsheets/d/${encodeURIComponent(file.id)}/edit#gid=${tab.sheetId}`);
  tellFile();
  findNotes();
}

// What is being edited is kept, not lost.
function leave() {
  if (sheet.editor.editing) sheet.commit();
}

// Drive says that spreadsheets have changed.
async function changed(changes) {
  for (const { fileId, removed, file: now } of changes) {
    if (removed || now.trashed) files.delete(fileId);
    else files.set(fileId, now);
  }
  if (!file && files.size) return follow();
  if (file && !files.has(file.id)) return nothing(`${file.name} was deleted, or is not yours any more.`);
  // Before its first tab is open there is nothing that could be old.
  if (!sheet.tab) return undefined;
  if (changes.some((change) => change.fileId === file?.id)) {
    file = files.get(file.id);
    sheet.outdate();
    const typed = ours && file.lastModifyingUser.me;
    ours = false;
    if (!typed) await reopen();
  }
  tellFile();
  return undefined;
}

async function reopen() {
  const before = JSON.stringify(sheet.tab);
  await readTabs();
  const tab = tabs.find((each) => each.sheetId === sheet.tab.sheetId);
  if (!tab) openTab(tabs[0]);
  else if (JSON.stringify(tab) !== before) sheet.open(edits, tab);
  findNotes();
}

function findNotes() {
  notes.find().catch((error) => refused(error.message));
}

function tellFile() {
  document.title = `${file.name} – Google Sheets sandbox`;
  $("title").textContent = file.name;
  $("modified").textContent = lastEdit(file);
  const readOnly = !file.capabilities.canEdit;
  for (const field of [$("entered"), $("editor")]) field.readOnly = readOnly;
  showFiles($("files").querySelector("ul"), listed(), file.id);
  showTabs($("tabs"), tabs, sheet.tab.sheetId);
}

function listed() {
  return [...files.values()].sort((a, b) => a.name.localeCompare(b.name));
}

// The formula bar, what a screen reader says, and the sum of what is selected.
function tellSelection() {
  const { selection, cells, editor } = sheet;
  const name = rangeName(selection.rectangle);
  const data = cells.at(selection.row, selection.column);
  if (document.activeElement !== $("address")) $("address").value = name;
  if (!editor.editing) $("entered").value = textOf(data);
  const note = data?.note ? ` Note: ${data.note}` : "";
  const said = `${name}: ${data?.formattedValue ?? "blank"}.${note}`;
  if ($("said").textContent !== said) $("said").textContent = said;
  $("summary").textContent = summary(selection);
}

function summary(selection) {
  const { top, left, bottom, right } = selection.rectangle;
  if (selection.isCell || (bottom - top + 1) * (right - left + 1) > MOST_SUMMED_CELLS) return "";
  const found = (sheet.cells.within(selection.rectangle) ?? []).flat().filter(Boolean);
  const numbers = found.map(amountOf).filter(Number.isFinite);
  if (!found.length) return "";
  const sum = Number(numbers.reduce((total, each) => total + each, 0).toPrecision(12));
  return numbers.length ? `Sum ${sum.toLocaleString()} · Count ${found.length}` : `Count ${found.length}`;
}

function refused(sentence) {
  $("refusal").hidden = sentence === null;
  $("refusal").querySelector("p").textContent = sentence ?? "";
}

function unreachable(sentence) {
  document.body.classList.toggle("unreachable", sentence !== null);
  if (sentence !== null) $("modified").textContent = sentence;
  else if (file) $("modified").textContent = lastEdit(file);
}

// No spreadsheet is open, and why.
function nothing(sentence) {
  $("empty").textContent = sentence;
  $("empty").hidden = false;
  showFiles($("files").querySelector("ul"), listed(), null);
}

function listen() {
  $("menu").addEventListener("click", () => openMenu($("menu").ariaExpanded !== "true"));
  $("files").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openMenu(false);
    history.pushState(null, "", link.href);
    follow();
  });
  document.querySelector("main").addEventListener("pointerdown", () => openMenu(false));
  $("files").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenu(false);
    $("menu").focus();
  });
  addEventListener("popstate", () => follow());
  $("tabs").addEventListener("click", (event) => {
    const tab = tabs.find((each) => String(each.sheetId) === event.target.dataset.id);
    if (tab) openTab(tab);
  });
  $("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const place = tabs.findIndex((tab) => tab.sheetId === sheet.tab.sheetId);
    openTab(tabs[(place + step + tabs.length) % tabs.length]);
    $("tabs").querySelector('[aria-selected="true"]').focus();
  });
  $("address").addEventListener("focus", () => $("address").select());
  $("address").addEventListener("keydown", (event) => {
    if (!["Enter", "Escape"].includes(event.key)) return;
    // The key must not be typed into the cell, which has the focus then.
    event.preventDefault();
    if (event.key === "Enter") goTo($("address").value);
    else sheet.editor.focus();
  });
  $("refusal").querySelector("button").addEventListener("click", () => {
    refused(null);
    sheet.editor.focus();
  });
}

function goTo(text) {
  const cell = parseCell(text);
  const tab = cell?.title === null ? sheet.tab : tabs.find((each) => each.title === cell?.title);
  if (!tab || cell.row >= tab.gridProperties.rowCount || cell.column >= tab.gridProperties.columnCount) {
    refused(`There is no cell ${text} here. Write it as C17, or as ${inTab(sheet.tab.title, "C17")}.`);
    return;
  }
  refused(null);
  sheet.editor.focus();
  if (tab !== sheet.tab) openTab(tab);
  sheet.go(cell.row, cell.column);
}

function openMenu(open) {
  $("menu").ariaExpanded = String(open);
  document.body.classList.toggle("menu-open", open);
}

start();
