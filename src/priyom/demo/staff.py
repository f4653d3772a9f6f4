"""Who works in the demo region: three organisations, eight specialities, 24 doctors, the desks."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "priyom-demo-2026"  # noqa: S105 - printed at every start of the demo


@dataclass(frozen=True)
class Clinic:
    """An organisation of the demo."""

    number: int
    address: str
    phone: str
    district: str

    @property
    def short_name(self) -> str:
        """«Поликлиника № 38»."""
        return f"Поликлиника № {self.number}"

    @property
    def name(self) -> str:
        """«СПб ГБУЗ «Городская поликлиника № 38»»."""
        return f"СПб ГБУЗ «Городская поликлиника № {self.number}»"


@dataclass(frozen=True)
class Field:
    """A speciality: code, name, doctor, dative «терапевту», for children or not."""

    code: str
    name: str
    doctor: str
    to_doctor: str
    is_for_children: bool = False
    for_sex: str = ""


@dataclass(frozen=True)
class Worker:
    """A member of staff; `field` is a doctor's speciality; on duty are those always near."""

    clinic: int
    role: str
    login: str
    family: str
    given: str
    patronymic: str
    field: str = ""
    room: str = ""
    since: int | None = None
    is_on_duty: bool = False


CLINICS = (
    Clinic(38, "Санкт-Петербург, Кавалергардская ул., 26", "+78125550138", "Центральный район"),
    Clinic(107, "Санкт-Петербург, ул. Отважных, 8", "+78125550107", "Красногвардейский район"),
    Clinic(54, "Санкт-Петербург, ул. Васенко, 9", "+78125550154", "Калининский район"),
)
FIELDS = (
    Field("49", "терапия", "терапевт", "терапевту"),
    Field("25", "кардиология", "кардиолог", "кардиологу"),
    Field("35", "неврология", "невролог", "неврологу"),
    Field("37", "педиатрия", "педиатр", "педиатру", True),
    Field("71", "эндокринология", "эндокринолог", "эндокринологу"),
    Field("41", "пульмонология", "пульмонолог", "пульмонологу"),
    Field("2", "акушерство и гинекология", "гинеколог", "гинекологу", for_sex="f"),
    Field("16", "дерматовенерология", "дерматолог", "дерматологу"),
)
_DOCTORS = """
38 sokolova   Соколова Ирина Павловна        49 214 1998 *
38 orlov      Орлов Дмитрий Алексеевич       49 216 2009
38 belskaya   Бельская Марина Викторовна     25 310 2001
38 gromov     Громов Андрей Николаевич       35 305 1995
38 zaytseva   Зайцева Елена Сергеевна        37 108 2006 *
38 kuznetsova Кузнецова Наталья Игоревна     71 312 2011
38 lapin      Лапин Олег Борисович           41 218 1999
38 vetrova    Ветрова Светлана Юрьевна       2  401 2004
107 mironova  Миронова Татьяна Андреевна     49 12  2003 *
107 fedotov   Федотов Павел Сергеевич        49 14  2015
107 tikhonov  Тихонов Сергей Михайлович      25 21  1992
107 efimova   Ефимова Ольга Дмитриевна       35 23  2010
107 nikolaev  Николаев Илья Петрович         37 5   2013 *
107 saveleva  Савельева Вера Константиновна  71 25  1989
107 rudenko   Руденко Галина Ивановна        41 27  1996
107 astakhova Астахова Дарья Олеговна        16 30  2016
54 volkov     Волков Роман Евгеньевич        49 203 2007 *
54 semenova   Семёнова Юлия Александровна    49 205 2012
54 karpova    Карпова Людмила Фёдоровна      25 301 1990
54 danilov    Данилов Антон Владимирович     35 303 2014
54 melnik     Мельник Анна Григорьевна       37 110 2005 *
54 sharipova  Шарипова Динара Ренатовна      71 305 2017
54 yakovleva  Яковлева Инна Валерьевна       2  402 2000
54 gusev      Гусев Кирилл Максимович        16 307 2018
"""
_DESK = """
38 registrar kovaleva   Ковалёва Вера Олеговна
38 registrar smirnova   Смирнова Екатерина Ильинична
38 registrar petrenko   Петренко Людмила Васильевна
38 head      arkhipov   Архипов Виктор Семёнович
107 registrar zimina    Зимина Ольга Павловна
107 registrar loginov   Логинов Артём Игоревич
107 head     dorofeeva  Дорофеева Нина Аркадьевна
54 registrar belyaeva   Беляева Надежда Юрьевна
54 registrar kim        Ким Виктория Александровна
54 head     shestakov   Шестаков Игорь Львович
"""


def _workers() -> tuple[Worker, ...]:
    doctors = []
    for line in _DOCTORS.split("\n")[1:-1]:
        clinic, login, family, given, patronymic, field, room, since, *duty = line.split()
        doctors.append(
            Worker(
                int(clinic), "doctor", login, family, given, patronymic,
                field, room, int(since), bool(duty),
            )
        )  # fmt: skip
    desks = []
    for line in _DESK.split("\n")[1:-1]:
        clinic, role, login, family, given, patronymic = line.split()
        desks.append(Worker(int(clinic), role, login, family, given, patronymic))
    return (*doctors, *desks)


WORKERS = _workers()
ADMIN = Worker(0, "admin", "admin", "Королёв", "Максим", "Андреевич")
