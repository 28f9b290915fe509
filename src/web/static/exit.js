// SPDX-License-Identifier: Apache-2.0
// Shift three times within five seconds leaves the page, as the link does.
// Everything works without this file.
"use strict";
(function () {
  var link = document.querySelector(".hl-exit");
  var times = [];
  if (!link) {
    return;
  }
  document.addEventListener("keyup", function (e) {
    if (e.key !== "Shift") {
      times = e.key === "Unidentified" ? times : [];
      return;
    }
    times = times.concat(e.timeStamp).slice(-3);
    if (times.length === 3 && times[2] - times[0] < 5000) {
      document.body.hidden = true;
      location.replace(link.href);
    }
  });
})();
