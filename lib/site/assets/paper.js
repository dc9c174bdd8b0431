// Light or dark paper: what the reader has chosen here, before anything is drawn.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("paper");
  } catch {
    // Storage may be refused; the system's choice holds then.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.paper = chosen;
}
