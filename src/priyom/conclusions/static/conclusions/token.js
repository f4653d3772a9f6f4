/**
 * The doctor's key through CryptoPro's plug-in (cadesplugin, docs.cryptopro.ru/cades/plugin): certificates of this
 * computer, and a signature over a hash that the server counted. What cannot be done comes as a Trouble with words.
 *
 * @typedef {{thumbprint: string, owner: string, issuer: string, since: Date, until: Date, body: string}} Certificate
 */

/** What happened and what to do next, for people; `code` is the plug-in's own. */
export class Trouble extends Error {
  /** @param {string} words @param {string} [code] */
  constructor(words, code = "") {
    super(words);
    this.code = code;
  }
}

const ABSENT = "Плагин КриптоПро не отвечает. Установите КриптоПро ЭЦП Browser plug-in и его расширение, "
  + "откройте браузер заново и обновите страницу.";
const EMPTY = "На этом компьютере нет сертификата с ключом. Вставьте токен или установите сертификат в КриптоПро CSP "
  + "и нажмите «Искать снова».";
/** The commonest codes of Windows and CryptoPro. @type {Record<string, string>} */
const KNOWN = {
  "0x8010006E": "Вы отменили подпись. Документ ждёт: подпишите снова или вернитесь к правке.",
  "0x000004C7": "Вы отменили подпись. Документ ждёт: подпишите снова или вернитесь к правке.",
  "0x8010006B": "ПИН-код не подошёл. Проверьте раскладку и попробуйте ещё раз: после нескольких неверных токен запирается.",
  "0x8010006C": "Токен заперт: ПИН-код вводили неверно слишком много раз. Обратитесь в удостоверяющий центр.",
  "0x80090016": "Ключ этого сертификата не найден. Вставьте токен и попробуйте ещё раз.",
  "0x800B0101": "Срок действия сертификата закончился. Вернитесь к правке и выберите действующий.",
  "0x800B010A": "КриптоПро на этом компьютере не доверяет центру, который выдал сертификат. Установите его корневые сертификаты.",
  "0x800B0109": "КриптоПро на этом компьютере не доверяет центру, который выдал сертификат. Установите его корневые сертификаты.",
  "0x8007064A": "Срок лицензии КриптоПро CSP закончился. Обратитесь к администратору.",
};
const WAIT = 15_000;

/** @returns {any} the plug-in's object, or nothing */
const plugin = () => /** @type {any} */ (window).cadesplugin;

/** Wait until the plug-in answers. Returns nothing: it is a promise itself, and would be waited for again. */
async function ready() {
  const found = plugin();
  if (!found || typeof found.then !== "function") throw new Trouble(ABSENT);
  const late = new Promise((_, fail) => { setTimeout(() => fail(new Error("late")), WAIT); });
  try {
    await Promise.race([found, late]);
  } catch {
    throw new Trouble(ABSENT);
  }
  if (typeof found.CreateObjectAsync !== "function") throw new Trouble(ABSENT);
}

/** @param {unknown} error @returns {Trouble} */
function told(error) {
  if (error instanceof Trouble) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = /0x[0-9A-Fa-f]{8}/.exec(said)?.[0].replace(/[a-f]/g, (sign) => sign.toUpperCase()) ?? "";
  return new Trouble(KNOWN[code] ?? `КриптоПро не подписал: ${code || said}. Попробуйте ещё раз; если повторится, `
    + "покажите это администратору.", code);
}

/** @param {any} pro @param {(list: any, count: number) => Promise<any>} read of the personal store */
async function inStore(pro, read) {
  const store = await pro.CreateObjectAsync("CAdESCOM.Store");
  await store.Open(pro.CAPICOM_CURRENT_USER_STORE, pro.CAPICOM_MY_STORE, pro.CAPICOM_STORE_OPEN_MAXIMUM_ALLOWED);
  try {
    const list = await store.Certificates;
    return await read(list, Number(await list.Count));
  } finally {
    await store.Close();
  }
}

/** Certificates with a key, the plug-in's order. Throws Trouble. @returns {Promise<Certificate[]>} */
export async function certificates() {
  try {
    await ready();
    const pro = plugin();
    const found = await inStore(pro, async (list, count) => {
      const made = [];
      for (let place = 1; place <= count; place += 1) {
        const one = await list.Item(place);
        if (await one.HasPrivateKey()) made.push(await described(pro, one));
      }
      return made;
    });
    if (!found.length) throw new Trouble(EMPTY);
    return found;
  } catch (error) {
    throw told(error);
  }
}

/** @param {any} pro @param {any} one @returns {Promise<Certificate>} */
async function described(pro, one) {
  const subject = await one.SubjectName;
  const person = [part(subject, "SN"), part(subject, "G")].filter(Boolean).join(" ");
  return {
    thumbprint: await one.Thumbprint,
    owner: person || part(subject, "CN"),
    issuer: part(await one.IssuerName, "CN"),
    since: new Date(await one.ValidFromDate),
    until: new Date(await one.ValidToDate),
    body: (await one.Export(pro.CADESCOM_ENCODE_BASE64)).replace(/\s/g, ""),
  };
}

/** @param {string} name of X.500 @param {string} key @returns {string} */
function part(name, key) {
  const found = new RegExp(`(?:^|, *)${key}=("(?:[^"]|"")*"|[^,]*)`).exec(name);
  return found ? found[1].replace(/^"|"$/g, "").replaceAll('""', '"').trim() : "";
}

/**
 * Sign one hash by the certificate with this thumbprint. Throws Trouble.
 * @param {string} thumbprint @param {string} algorithm name of the plug-in's constant @param {string} hash hexadecimal
 * @returns {Promise<string>} CMS (CAdES-BES), base64
 */
export async function sign(thumbprint, algorithm, hash) {
  try {
    await ready();
    const pro = plugin();
    return await inStore(pro, async (list) => {
      const found = await list.Find(pro.CAPICOM_CERTIFICATE_FIND_SHA1_HASH, thumbprint);
      if (!Number(await found.Count)) throw new Trouble(
        "Сертификата, указанного в документе, на этом компьютере нет. Вставьте токен с ним или вернитесь к правке и выберите другой.",
      );
      const signer = await pro.CreateObjectAsync("CAdESCOM.CPSigner");
      await signer.propset_Certificate(await found.Item(1));
      await signer.propset_Options(pro.CAPICOM_CERTIFICATE_INCLUDE_CHAIN_EXCEPT_ROOT);
      const hashed = await pro.CreateObjectAsync("CAdESCOM.HashedData");
      await hashed.propset_Algorithm(pro[algorithm]); // before the value: the object checks its length by it
      await hashed.SetHashValue(hash.toUpperCase());
      const data = await pro.CreateObjectAsync("CAdESCOM.CadesSignedData");
      const cms = await data.SignHash(hashed, signer, pro.CADESCOM_CADES_BES);
      return cms.replace(/\s/g, "");
    });
  } catch (error) {
    throw told(error);
  }
}
