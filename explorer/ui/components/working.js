// Says since when something is computed. The seconds are counted here, and the page is asked now and then whether it is done.

function say(root) {
  const seconds = Math.floor((performance.now() - root.began) / 1000);
  root.querySelector("span").textContent = root.words.replace("{seconds}", seconds);
}

export default function (component) {
  const root = component.parentElement.querySelector(".working");
  const { words, cancel, seconds, poll } = component.data;
  root.words = words;
  root.began ??= performance.now() - 1000 * seconds;
  const button = root.querySelector("button");
  button.textContent = cancel;
  button.onclick = () => component.setTriggerValue("cancel", "cancel");
  say(root);
  clearInterval(root.timer);
  let looks = 0;
  root.timer = setInterval(() => {
    say(root);
    component.setTriggerValue("look", String((looks += 1)));
  }, poll);
  return () => clearInterval(root.timer);
}
