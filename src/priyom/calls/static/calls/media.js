/**
 * Camera and microphone: asked for only after a tap, with words a person can act on when it fails.
 */

const WORDS = {
  NotAllowedError:
    "Браузер не дал доступ к камере и микрофону. Нажмите на значок замка в строке адреса, разрешите доступ и попробуйте ещё раз.",
  NotFoundError:
    "Камера или микрофон не найдены. Подключите их или говорите через чат и голосовые сообщения.",
  NotReadableError:
    "Камеру или микрофон занимает другая программа. Закройте её и попробуйте ещё раз.",
};

/**
 * @param {boolean} withVideo
 * @returns {Promise<MediaStream>} sound, and video when asked and there is a camera
 * @throws {Error} whose message is a sentence for the page
 */
export async function open(withVideo) {
  if (!navigator.mediaDevices) {
    throw new Error("Для звонка нужен защищённый адрес (https) и свежий браузер. Откройте страницу в Chrome, Safari или Яндекс Браузере.");
  }
  const sound = { echoCancellation: true, noiseSuppression: true };
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: sound,
      video: withVideo ? { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" } : false,
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (withVideo && name !== "NotAllowedError") return open(false); // a broken camera must not stop the talk
    throw new Error(WORDS[/** @type {keyof typeof WORDS} */ (name)] ?? "Камера и микрофон не включились. Обновите страницу и попробуйте ещё раз.");
  }
}

/** @param {MediaStream | null} stream */
export function close(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}
