// What scrolls sideways can be reached by the keyboard.
for (const block of document.querySelectorAll(".highlight pre, .table-wrapper, .output pre")) {
  block.tabIndex = 0;
}
