/* A stand-in for CryptoPro's cadesplugin in tests: the calls that a page makes, with the refusals of the real one.
   What is in the drawer stands behind the address of a page and lasts until another one says otherwise; nothing
   at all: no plug-in. `signByToken` (of the test) makes real ГОСТ CMS. */
(() => {
  if (location.protocol !== "http:") return;
  if (location.hash) sessionStorage.setItem("token", decodeURIComponent(location.hash.slice(1)));
  const drawer = JSON.parse(sessionStorage.getItem("token") ?? "null");
  if (!drawer) return;
  const token = () => drawer;
  const fail = (words, code) => { throw new Error(`${words} (${code})`); };
  const constants = {
    CAPICOM_CURRENT_USER_STORE: 2, CAPICOM_MY_STORE: "My", CAPICOM_STORE_OPEN_MAXIMUM_ALLOWED: 2,
    CAPICOM_CERTIFICATE_FIND_SHA1_HASH: 0, CAPICOM_CERTIFICATE_INCLUDE_CHAIN_EXCEPT_ROOT: 0,
    CADESCOM_ENCODE_BASE64: 0, CADESCOM_CADES_BES: 1,
    CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_256: 101, CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_512: 102,
    CADESCOM_HASH_ALGORITHM_SHA_256: 4,
  };
  const certificate = (told) => ({
    told,
    SubjectName: Promise.resolve(told.subject), IssuerName: Promise.resolve(told.issuer),
    Thumbprint: Promise.resolve(told.thumbprint),
    ValidFromDate: Promise.resolve(told.since), ValidToDate: Promise.resolve(told.until),
    HasPrivateKey: async () => true,
    Export: async () => told.body.replace(/(.{64})/g, "$1\r\n"),
  });
  const list = (found) => ({
    Count: Promise.resolve(found.length),
    Item: async (place) => (found[place - 1] ? certificate(found[place - 1]) : fail("Item", "0x80070057")),
    Find: async (_, hash) => list(found.filter((one) => one.thumbprint === hash)),
  });
  const makes = {
    "CAdESCOM.Store": () => {
      let isOpen = false;
      return {
        Open: async () => { isOpen = true; },
        Close: async () => { isOpen = false; },
        get Certificates() {
          return isOpen ? Promise.resolve(list(token().certificates ?? [])) : Promise.reject(new Error("closed (0x80880256)"));
        },
      };
    },
    "CAdESCOM.CPSigner": () => ({
      async propset_Certificate(one) { this.own = one; },
      async propset_Options(options) { this.options = options; },
    }),
    "CAdESCOM.HashedData": () => ({
      async propset_Algorithm(algorithm) { this.algorithm = algorithm; },
      async SetHashValue(hash) {
        const size = { 101: 64, 102: 128, 4: 64 }[this.algorithm];
        if (!size || !/^[0-9A-F]+$/.test(hash) || hash.length !== size) fail("The parameter is incorrect.", "0x80070057");
        this.hash = hash;
      },
    }),
    "CAdESCOM.CadesSignedData": () => ({
      async SignHash(hashed, signer, kind) {
        if (kind !== 1 || !hashed.hash || !signer.own) fail("The parameter is incorrect.", "0x80070057");
        if (hashed.algorithm !== signer.own.told.algorithm) fail("The parameter is incorrect.", "0x80070057");
        if (token().refuses) fail("The action was refused.", token().refuses);
        const cms = await window.signByToken(signer.own.told.thumbprint, token().wrong ? `00${hashed.hash.slice(2)}` : hashed.hash);
        return cms.replace(/(.{64})/g, "$1\r\n");
      },
    }),
  };
  const plugin = token().absent === "asks" ? Promise.reject(new Error("Истекло время ожидания загрузки плагина")) : Promise.resolve();
  plugin.catch(() => {});
  window.cadesplugin = Object.assign(plugin, constants, {
    CreateObjectAsync: async (name) => (makes[name] ? makes[name]() : fail("Class not registered", "0x80040154")),
  });
})();
