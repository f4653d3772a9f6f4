"""Dictionaries of НСИ that the XML names: OID, name and version of each, and the codes in use.

Only what was seen in public material stands here (docs/decisions/0018-xml-and-registry.md); what
is not known becomes an explicit nullFlavor and never a guess. Versions grow: cda.profile renews.
"""

from __future__ import annotations

from dataclasses import dataclass

from priyom.conclusions.content import Severity


@dataclass(frozen=True, slots=True)
class System:
    """A dictionary: its OID, its name, the version whose codes are used."""

    oid: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A code of a dictionary and its words there."""

    system: System
    code: str
    name: str


DOCUMENTS = System("1.2.643.5.1.13.13.11.1522", "Виды медицинской документации", "4.45")
SECRECY = System(
    "1.2.643.5.1.13.13.99.2.285", "Уровень конфиденциальности медицинского документа", "1.1"
)
POLICIES = System(
    "1.2.643.5.1.13.13.11.1035", "Виды полиса обязательного медицинского страхования", "1.3"
)
ADDRESSES = System("1.2.643.5.1.13.13.11.1504", "Тип адреса пациента", "1.3")
REGIONS = System("1.2.643.5.1.13.13.99.2.206", "Субъекты Российской Федерации", "6.3")
SEXES = System("1.2.643.5.1.13.13.11.1040", "Пол пациента", "2.1")
POSTS = System(
    "1.2.643.5.1.13.13.11.1002",
    "Должности медицинских и фармацевтических работников",
    "9.12",
)
PAYERS = System("1.2.643.5.1.13.13.11.1039", "Источники оплаты медицинской помощи", "4.3")
EVENTS = System("1.2.643.5.1.13.13.99.2.726", "Типы документированных событий", "3.38")
SECTIONS = System("1.2.643.5.1.13.13.99.2.197", "Секции электронных медицинских документов", "1.19")
FIELDS = System("1.2.643.5.1.13.13.99.2.166", "Кодируемые поля CDA документов", "1.34")
ICD10 = System(
    "1.2.643.5.1.13.13.11.1005",
    "Международная статистическая классификация болезней и проблем, связанных со здоровьем "
    "(10-й пересмотр)",
    "2.19",
)
VISITS = System(
    "1.2.643.5.1.13.13.11.1007",
    "Вид случая госпитализации или обращения (первичный, повторный)",
    "2.1",
)
PLACES = System("1.2.643.5.1.13.13.11.1008", "Место оказания медицинской помощи", "4.3")
STATES = System("1.2.643.5.1.13.13.11.1006", "Степень тяжести состояния пациента", "2.4")
VITALS = System("1.2.643.5.1.13.13.99.2.262", "Витальные параметры", "5.9")

SYSTEMS = (
    DOCUMENTS, SECRECY, POLICIES, ADDRESSES, REGIONS, SEXES, POSTS, PAYERS, EVENTS, SECTIONS,
    FIELDS, ICD10, VISITS, PLACES, STATES, VITALS,
)  # fmt: skip

PROTOCOL = Concept(DOCUMENTS, "5", "Протокол консультации")
ORDINARY = Concept(SECRECY, "N", "Обычный")
POLICY = Concept(POLICIES, "2", "Полис ОМС единого образца, бессрочный")
LIVES = Concept(ADDRESSES, "3", "Адрес фактического проживания (пребывания)")
MALE = Concept(SEXES, "1", "Мужской")
FEMALE = Concept(SEXES, "2", "Женский")
PETERSBURG = Concept(REGIONS, "78", "г. Санкт-Петербург")
CONSULTATION = Concept(EVENTS, "1", "Консультация")
FIRST = Concept(VISITS, "1", "Первичный")
REPEATED = Concept(VISITS, "2", "Повторный")
CLINIC = Concept(PLACES, "1", "Амбулаторно-поликлиническое учреждение")
SEVERITIES = {
    Severity.SATISFACTORY: Concept(STATES, "1", "Удовлетворительное"),
    Severity.MODERATE: Concept(STATES, "2", "Средней тяжести"),
    Severity.SEVERE: Concept(STATES, "3", "Тяжелое"),
    Severity.CRITICAL: Concept(STATES, "4", "Крайне тяжелое"),
}
TEMPERATURE = Concept(VITALS, "6", "Температура тела")

DOCINFO = Concept(SECTIONS, "DOCINFO", "Сведения о документе")
ANAM = Concept(SECTIONS, "ANAM", "Анамнез заболевания")
LANAM = Concept(SECTIONS, "LANAM", "Анамнез жизни")
VITALPARAM = Concept(SECTIONS, "VITALPARAM", "Витальные параметры")
RESCONS = Concept(SECTIONS, "RESCONS", "Консультации врачей специалистов")
DGN = Concept(SECTIONS, "DGN", "Диагнозы")
REGIME = Concept(SECTIONS, "REGIME", "Режим и рекомендации")

VISIT = Concept(FIELDS, "800", "Обращение")
PLACE = Concept(FIELDS, "801", "Место проведения")
STATE = Concept(FIELDS, "804", "Состояние пациента")
COURSE = Concept(FIELDS, "805", "Протокол консультации")
OPINION = Concept(FIELDS, "806", "Заключение консультации")
ADVICE = Concept(FIELDS, "807", "Рекомендации")
FOUND = Concept(FIELDS, "808", "Выявленные патологии")
CIPHER = Concept(FIELDS, "809", "Шифр по МКБ-10")
TEXT = Concept(FIELDS, "7006", "Текстовое описание")

SNILS = "1.2.643.100.3"
LICENCES = "1.2.643.5.1.13.2.1.1.1504.101"
MINISTRY = ("1.2.643.5.1.13", "Министерство здравоохранения Российской Федерации")
