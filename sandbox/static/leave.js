document.getElementById("leave").requestSubmit();
