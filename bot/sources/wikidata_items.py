"""Wikidata's own numbers for what Marquee tells apart: countries, languages, sorts of film, forms. Data only.

Countries are the items whose P297 is the code. Where a realm and its part in Europe are two items, films use both.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.films import ReleaseType

_COUNTRIES = """
AD 228 AE 878 AF 889 AG 781 AI 25228 AL 222 AM 399 AO 916 AQ 51 AR 414 AS 16641 AT 40 AU 408 AW 21203 AX 5689 AZ 227
BA 225 BB 244 BD 902 BE 31 BF 965 BG 219 BH 398 BI 967 BJ 962 BL 25362 BM 23635 BN 921 BO 750 BQ 27561 BR 155 BS 778
BT 917 BV 23408 BW 963 BY 184 BZ 242 CA 16 CC 36004 CD 974 CF 929 CG 971 CH 39 CI 1008 CK 26988 CL 298 CM 1009 CN 148
CN 19188 CO 739 CR 800 CU 241 CV 1011 CW 25279 CX 31063 CY 229 CZ 213 DE 183 DJ 977 DK 35 DK 756617 DM 784 DO 786
DZ 262 EC 736 EE 191 EG 79 EH 6250 ER 986 ES 29 ET 115 FI 33 FJ 712 FK 9648 FM 702 FO 4628 FR 142 GA 1000 GB 145
GD 769 GE 230 GF 3769 GG 25230 GH 117 GI 1410 GL 223 GM 1005 GN 1006 GP 17012 GQ 983 GR 41 GS 35086 GT 774 GU 16635
GW 1007 GY 734 HK 8646 HM 131198 HN 783 HR 224 HT 790 HU 28 ID 252 IE 27 IL 801 IM 9676 IN 668 IO 43448 IQ 796 IR 794
IS 189 IT 38 JE 785 JM 766 JO 810 JP 17 KE 114 KG 813 KH 424 KI 710 KM 970 KN 763 KP 423 KR 884 KW 817 KY 5785 KZ 232
LA 819 LB 822 LC 760 LI 347 LK 854 LR 1014 LS 1013 LT 37 LU 32 LV 211 LY 1016 MA 1028 MC 235 MD 217 ME 236 MF 126125
MG 1019 MH 709 MK 221 ML 912 MM 836 MN 711 MO 14773 MP 16644 MQ 17054 MR 1025 MS 13353 MT 233 MU 1027 MV 826 MW 1020
MX 96 MY 833 MZ 1029 NA 1030 NC 33788 NE 1032 NF 31057 NG 1033 NI 811 NL 55 NL 29999 NO 20 NP 837 NR 697 NU 34020
NZ 664 OM 842 PA 804 PE 419 PF 30971 PG 691 PH 928 PK 843 PL 36 PM 34617 PN 35672 PR 1183 PS 219060 PT 45 PW 695
PY 733 QA 846 RE 17070 RO 218 RS 403 RU 159 RW 1037 SA 851 SB 685 SC 1042 SD 1049 SE 34 SG 334 SH 192184 SI 215
SJ 842829 SK 214 SL 1044 SM 238 SN 1041 SO 1045 SR 730 SS 958 ST 1039 SV 792 SX 26273 SY 858 SZ 1050 TC 18221 TD 657
TF 129003 TG 945 TH 869 TJ 863 TK 36823 TL 574 TM 874 TN 948 TO 678 TR 43 TT 754 TV 672 TW 865 TZ 924 UA 212 UG 1036
UM 16645 US 30 UY 77 UZ 265 VA 237 VC 757 VE 717 VG 25305 VI 11703 VN 881 VU 686 WF 35555 WS 683 YE 805 YT 17063
ZA 258 ZM 953 ZW 954
"""
#: Languages that films are made in: ISO 639-1 and the items whose P218 it is. Mandarin and Cantonese are Chinese here.
_LANGUAGES = """
af 14196 ar 13955 be 9091 bg 7918 bn 9610 bs 9303 ca 7026 cs 9056 cy 9309 da 9035 de 188 el 9129 el 36510 en 1860
es 1321 et 9072 eu 8752 fa 9168 fi 1412 fr 150 ga 9142 gl 9307 gu 5218 he 9288 hi 1568 hr 6654 hu 9067 hy 8785 id 9240
is 294 it 652 ja 5287 ka 8108 kk 9252 kn 33673 ko 9176 lt 9083 lv 9078 mk 9296 ml 36236 mr 1571 ms 9237 nb 25167
nl 7411 no 9043 pa 58635 pl 809 pt 5146 ro 7913 ru 7737 sk 9058 sl 9063 sq 8748 sr 9299 sv 9027 sw 7838 ta 5885
te 8097 th 9217 tr 256 uk 8798 ur 1617 vi 9199 zh 7850 zh 9192 zh 727694 zh 9186 zh 7033959
"""


def _table(text: str) -> Mapping[str, str]:
    words = text.split()
    return MappingProxyType({f"Q{number}": code for code, number in zip(words[::2], words[1::2], strict=True)})


#: Item → ISO 3166-1 alpha-2.
COUNTRIES = _table(_COUNTRIES)
#: Item → ISO 639-1.
LANGUAGES = _table(_LANGUAGES)

FILM = "Q11424"
FILM_PROJECT = "Q18011172"
#: What a search is narrowed to: most films are the first; the rest are those that name a narrower class alone.
SEARCHED_CLASSES = (FILM, FILM_PROJECT, "Q29168811", "Q24869", "Q20650540", "Q202866", "Q506240", "Q24862")
#: Classes of film in use as P31. Genres are among them because some items have nothing else there.
FILM_CLASSES = frozenset(
    {
        *SEARCHED_CLASSES,  # film, project, animated feature, feature, anime, animated, television film, short
        "Q229390",  # 3D film
        "Q93204",  # documentary film
        "Q226730",  # silent film
        "Q17517379",  # animated short film
        "Q28968258",  # computer-animated film
        "Q111241092",  # film reboot
        "Q118189123",  # animated film reboot
        "Q104840802",  # film remake
        "Q52207399",  # film based on literature
        "Q130232",  # drama film
        "Q157443",  # comedy film
        "Q188473",  # action film
        "Q200092",  # horror film
        "Q319221",  # adventure film
        "Q471839",  # science fiction film
        "Q645928",  # biographical film
        "Q842256",  # musical film
        "Q1054574",  # romance film
        "Q2484376",  # thriller film
    }
)
#: Sorts of item that are no film although TMDB's film id may stand on them: series of films or television, games.
NO_FILM_CLASSES = frozenset(
    {"Q5", "Q24856", "Q5398426", "Q1259759", "Q581714", "Q63952888", "Q526877", "Q15416", "Q7889", "Q571"}
)
#: Film festival, and one year's edition of one.
FESTIVAL_CLASSES = frozenset({"Q220505", "Q27787439"})

#: P437, the form in which a film comes out. Others say nothing about who may watch: such a date is left out.
FORMS: Mapping[str, ReleaseType] = MappingProxyType(
    {
        "Q41253": ReleaseType.THEATRICAL,  # movie theater
        "Q269415": ReleaseType.DIGITAL,  # digital distribution
        "Q723685": ReleaseType.DIGITAL,  # video on demand
        "Q220499": ReleaseType.DIGITAL,  # streaming media
        "Q829548": ReleaseType.DIGITAL,  # over-the-top media service
        "Q5294": ReleaseType.PHYSICAL,  # DVD
        "Q47770": ReleaseType.PHYSICAL,  # Blu-ray Disc
        "Q273309": ReleaseType.PHYSICAL,  # LaserDisc
        "Q183976": ReleaseType.PHYSICAL,  # VHS
        "Q289": ReleaseType.TV,  # television
    }
)
#: Units of a duration (P2047) → minutes.
MINUTES: Mapping[str, float] = MappingProxyType({"Q7727": 1.0, "Q25235": 60.0, "Q11574": 1 / 60})
#: What people do who are looked for by name: actor, film, television, voice and stage actor, director, screenwriter.
FILM_OCCUPATIONS = ("Q33999", "Q10800557", "Q10798782", "Q2405480", "Q2259451", "Q2526255", "Q28389")
