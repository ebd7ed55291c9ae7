// Sends the form of a departure page at once. Without JavaScript its button does the same.
document.getElementById("leave")?.requestSubmit();
