// fusion/asked.cpp - see asked.h.
#include "fusion/asked.h"

#include <algorithm>
#include <iterator>
#include <span>

#include <unicode/uchar.h>

#include "fusion/extractor_pairs.h"
#include "ocr/document/fold.h"
#include "ocr/document/search.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

// Of a question; its beginning says what it asks.
constexpr size_t most_characters = 4096, most_terms = 48;
constexpr double near_quality = 0.75;  // of a word that means nearly the same

template <class List>
bool among(View word, const List& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Words of one row mean nearly the same, separated by blanks. Irregular forms stand beside their verbs; regular endings are
// same_stem's business.
constexpr View groups[] = {
    U"end expire expiry expiration terminate termination finish conclude lapse cease until",
    U"begin began begun start commence commencement beginning from effect effective",
    U"finish complete completion ready done deliver delivered",
    U"cost price fee charge rate fare",
    U"invoice bill facture factura fattura factuur rechnung",
    U"total totale totaal montant importe gesamtbetrag rechnungsbetrag summe",
    U"vat tva iva mwst btw umsatzsteuer",
    U"due \u00E9ch\u00E9ance vencimiento scadenza vervaldatum f\u00E4llig zahlbar",
    U"date fecha datum",
    U"number num\u00E9ro n\u00FAmero numero nummer nr",
    U"price prix precio prezzo prijs preis",
    U"customer client cliente klant kunde",
    U"held venue location hall room",
    U"total sum altogether overall payable final paid",
    U"pay paid payable payment settle settled remit transfer due owe owed",
    U"back refund repay repaid reimburse return",
    U"return exchange",
    U"thing goods item article product",
    U"go come visit",
    U"deliver delivery ship shipped shipment dispatch dispatched send sent",
    U"buy bought purchase order ordered acquire",
    U"sell sold sale",
    U"contract agreement lease tenancy",
    U"tenant lessee renter",
    U"landlord lessor owner",
    U"salary wage pay earn income remuneration",
    U"holiday vacation leave",
    U"probation trial",
    U"boss superior supervisor manager leader report",
    U"worker employee staff",
    U"job work employment position",
    U"notice cancel cancellation resign terminate termination",
    U"allow permit permission forbid forbidden prohibit prohibited may",
    U"repair mend fix maintenance",
    U"guarantee warranty",
    U"damage defect fault accident",
    U"meeting session",
    U"happen occur held place",
    U"phone telephone tel call mobile",
    U"email e-mail mail",
    U"address located",
    U"customer client buyer purchaser",
    U"supplier seller vendor",
    U"absent apologies excused",
    U"attend attended present participant participate",
    U"get got receive obtain",
    U"collect collected pick picked",
    U"examine examination inspect inspection check survey",
    U"ill illness sick sickness",
    U"confidential secret secrecy",
    U"discount rebate reduction deduct",
    U"fine penalty",
    U"car vehicle automobile",
    U"company firm business",
    U"doctor physician",
    U"sign signed signature sincerely regards faithfully",
    U"objection object appeal",
    U"complain complaint",
    U"replace exchange change",
    U"open opening",
    U"year annual annually annum",
    U"keep kept",
    U"take took taken",
    U"give gave given",
    U"wait waiting",
    U"responsible care charge looks",
    U"extra additional further",
    U"need require required necessary must",
    U"change amend amendment alter modify",
    U"money balance",
    U"tax vat",
    U"insure insurance",
    U"law governed",
    U"approve approval approved consent",
    U"owe owed outstanding balance due total",
    U"expensive cost price fee charge",
    U"bond deposit security guarantee",
    U"flat apartment premises property dwelling accommodation",
    U"house building property",
    U"bus coach",
    U"trip excursion outing journey tour",
    U"depart departure leave leaves dep",
    U"arrive arrival arr",
    U"kid child children pupil student",
    U"mum mother father parent",
    U"power electricity energy consumption",
    U"use used usage consumption consumed",
    U"savings reserve fund funds balance",
    U"director head superior manager",
    U"shop store branch outlet",
    U"visitor guest",
    U"teacher instructor trainer lecturer tutor",
    U"lawyer solicitor attorney counsel",
    U"cover covered coverage insured policy",
    U"excess deductible",
    U"permitted allowed allow may prohibited forbidden",
    U"animal pet dog cat",
    U"invoice bill statement",
    U"reminder overdue late arrears default delay",
    U"renew renewal extend extended extension prolong prolonged",
    U"increase rise rises raise raised",
    U"decrease reduce reduced lower drop fall",
    U"vote voted resolution resolved decided decision agreed carried",
    U"suggest propose proposed proposal motion",
    U"reject rejected declined refused",
    U"result outcome finding findings",
    U"problem issue defect fault failure trouble",
    U"fix fixed repair mend rectify remedy",
    U"danger hazard risk",
    U"carrier courier forwarder transport freight",
    U"parcel package shipment consignment",
    U"heavy weight weigh weighs",
    U"quantity qty number units",
    U"team staff personnel",
    U"course training seminar workshop",
    U"transfer remit wire bank",
    U"instalment installment",
    U"born birth birthday",
    U"surname name",
    U"applicant candidate",
    U"owner proprietor holder keeper",
    U"author written prepared compiled",
    U"competitor competition compete competing",
    U"jurisdiction court courts",
    U"liable liability responsible responsibility",
    U"cap limit limited maximum most exceed",
    U"least minimum",
    U"visit appointment",
    U"medicine medication drug tablet tablets",
    U"operation surgery",
    U"hospital clinic ward",
    U"eat food meal lunch breakfast dinner catering",
    U"drink beverage",
    U"rubbish waste refuse",
    U"clean cleaning cleaned swept",
    U"noise loud quiet",
    U"fast speed quick",
    U"broken damage damaged defect defective fault faulty",
    U"lost missing loss",
    U"thief theft stolen",
    U"bring carry need",
    U"remove removed dismantle",
    U"sublet subletting sublease subtenant",
    U"roommate subtenant sublet",
    U"boss supervisor report reports",
    U"fired dismissed dismissal terminated termination",
    U"hired employed joins joined",
    U"bonus premium supplement allowance",
    U"trousers clothing clothes",
    U"home remote remotely",
    U"colleague employee staff",
    U"early before ahead advance",
    U"deadline latest until due",
    U"assembly meeting",
    U"quorum present",
    U"plan schedule timetable",
    U"deliver arrive arrival",
    U"settle paid pay payment",
    U"claim claims",
    U"spend spent expenditure expense expenses cost",
    U"earned income revenue turnover sales",
    U"profit surplus earnings",
    U"loss deficit",
    U"grow grew growth rose increase",
    U"subject regarding concerning",
    U"quit cancel terminate termination notice leave resign withdraw",
    U"bound term minimum commitment commit",
    U"effect effective force valid commence commences",
    U"refuse refused bounce bounced returned rejected declined",
    U"pause suspend suspended suspension interrupt freeze",
    U"friend guest visitor companion",
    U"wallet purse valuables belongings",
    U"weekend saturday sunday",
    U"weekday monday friday",
    U"run runs manage manages manager managed operate operated head",
    U"ship shipping freight postage carriage delivery",
    U"broken defective faulty damaged",
    U"plan drawing drawings document documents",
    U"hotel lodging accommodation overnight night nights",
    U"flight plane airfare air",
    U"travel travelled journey trip visit",
    U"review reviewed check checked examine audited approved",
    U"retirement pension superannuation",
    U"paper document certificate receipt voucher",
    U"lacking missing absent incomplete",
    U"spend spent sum expenses total",
    U"accept acceptance accepted return sign signed",
    U"make earn salary wage income",
    U"advance prepayment deposit downpayment",
    U"sick ill illness unwell medical",
    U"payout pay paid payroll paid",
    U"overtime hours extra",
    U"raise increase rise",
    U"fire dismiss dismissed dismissal",
    U"quote quotation offer estimate tender",
    U"bid tender offer",
    U"client customer",
    U"inspect inspection inspected",
    U"acceptance handover approval",
    U"leak water burst pipe",
    U"stairs stairwell staircase",
    U"elevator lift",
    U"bin waste rubbish",
    U"neighbour neighbours residents",
    U"newspaper magazine subscription",
    U"subscription membership tariff plan",
    U"password login access",
    U"internet broadband data",
    U"mobile phone cell",
    U"premium contribution instalment",
    U"claimant insured policyholder",
    U"beneficiary heir",
    U"grade mark score result",
    U"headmaster principal head",
    U"exam examination test",
    U"enrol enrolment register registration",
    U"photo picture image",
    U"height tall high",
    U"width wide",
    U"length long",
    U"depth deep",
    U"temperature degrees",
    U"capacity seats",
    U"destination arrival arrive",
    U"origin departure depart",
    U"luggage baggage bag",
    U"seat place",
    U"passport identity identification",
    U"visa permit",
    U"fuel petrol diesel tank",
    U"mileage miles kilometres",
    U"licence license",
    U"crash accident collision",
    U"police authority",
    U"witness witnesses",
    U"hazardous dangerous",
    U"expire expiry best",
    U"ingredients contains content",
    U"allergy allergens",
    U"dosage dose tablets",
    U"symptom complaint",
    U"diagnosis finding",
};
// What people say who have not read the paper, and the words that papers use for it: a phrase of the question stands as one term.
struct Saying {
  View phrases;  // separated by '|', as plain_label leaves them
  View near;
};
constexpr Saying sayings[] = {
    {U"move out|moving out|get out of the lease|leave the flat|leave the apartment|leave the house",
     U"notice vacate terminate termination cancel end ends expire expires"},
    {U"move in|moving in", U"begin begins commence commences start starts handover keys"},
    {U"do i owe|do we owe|i owe|we owe|is owed|have to pay|must pay|need to pay|must i pay|do i pay|do we pay|shall i pay",
     U"total due payable balance amount outstanding pay charge fee sum remit settle"},
    {U"how expensive", U"cost costs price fee charge total rate"},
    {U"how heavy", U"weight weigh weighs kg kilograms"},
    {U"how far", U"miles km kilometres distance"},
    {U"how old", U"years age aged born"},
    {U"bring back|bring it back|give back|give it back|hand back|take back|send back|send it back|bring them back",
     U"return returned handed refund exchange exchanged withdraw back"},
    {U"money back|my money back|paid back|pay back", U"refund refunded refunds reimburse repaid returned repay back"},
    {U"who wrote|who sent|who is it from|who is this from|who is the sender|who is writing",
     U"sincerely regards signed faithfully from wishes"},
    {U"in charge", U"responsible manager head chair lead supervisor leader"},
    {U"run out|runs out|is over", U"expire expires end ends until terminates"},
    {U"call off|pull out|back out|get out|opt out|change my mind|step back",
     U"cancel cancellation terminate notice withdraw withdrawal"},
    {U"pick up|picked up", U"collect collected collection pickup"},
    {U"take part|took part|was there|were there|who came", U"attend attended attendees present participants attendance"},
    {U"not there|did not come|could not come|who was missing", U"apologies absent excused"},
    {U"goes wrong|break down|breaks down", U"defect damage fault repair warranty breakdown"},
    {U"too late|pay late|pays late|late payment|not pay|dont pay|fail to pay|forget to pay|do not pay",
     U"late overdue interest default reminder arrears delay fee"},
    {U"get in touch|reach someone|whom can i ask|who can i ask|whom do i ask|questions",
     U"phone telephone email call contact questions enquiries"},
    {U"look after|takes care|take care", U"responsible looks care maintains maintenance"},
    {U"put off", U"postponed delayed"},
    {U"how do i pay|how can i pay|how to pay|which way to pay|where do i send the money",
     U"transfer payment account iban bank card cheque cash debit"},
    {U"day off|days off|time off", U"holiday leave vacation annual"},
    {U"bank details", U"iban account bank bic"},
    {U"first day|start work|starts work", U"begin begins commence commences start starts from"},
    {U"whom do i call|who do i call|whom can i call|whom should i call", U"phone telephone tel contact hotline call"},
    {U"ran the meeting|led the meeting|leads the meeting", U"chair chaired chairman chairperson presided"},
    {U"looks for|look for", U"recruits recruit searches wanted"},
    {U"at the till|at the counter", U"cashier served assistant operator"},
    {U"money do we have|money is there|money is left", U"balance account fund funds stands reserve holds"},
    {U"meet again", U"next meeting session"},
    {U"home office|work from home|working from home", U"home remotely remote"},
    {U"why did|what for", U"purpose reason because"},
    {U"paid out|pay out", U"paid payment payable transferred effected"},
    {U"in all|all together|all in all|overall", U"total sum altogether grand overall"},
    {U"given before|in advance|up front", U"advance deposit prepayment prepaid"},
    {U"get paid|take home|makes a month|make a month", U"salary wage pay paid remuneration gross"},
    {U"how was it paid|how did they pay", U"paid card cash transfer payment cheque"},
    {U"carry on|goes on automatically|continue automatically", U"renew renewed extended prolonged renewal"},
};
constexpr View german_groups[] = {
    U"gewährleistung garantie garantiert",
    U"insgesamt gesamt gesamtbetrag rechnungsbetrag summe total endbetrag",
    U"durchführen durchgeführt ausgeführt leistung leistungsdatum erledigt gemacht machen",
    U"mindestens mindestlaufzeit mindestdauer minimum laufzeit",
    U"rückgängig widerrufen widerruf rücktritt stornieren",
    U"lastschrift abbuchung abgebucht rücklastschrift einzug eingezogen",
    U"abbuchen abgebucht eingezogen lastschrift",
    U"geld betrag guthaben summe",
    U"guthaben erstattung überweisen gutschrift",
    U"letzte schlussrechnung endabrechnung abschließend abschluss",
    U"schreiben geschrieben grüßen gezeichnet unterschrieben verfasst",
    U"wenden rückfragen ansprechpartner kontakt verfügung kundendienst",
    U"tun mitteilen bitte einreichen zusenden veranlassen",
    U"kümmern kümmert zuständig übernimmt schreibt organisiert verantwortlich",
    U"stattfinden fand ort raum sitzungsort treffpunkt",
    U"losgehen los beginnen beginn start",
    U"monat monatlich monatlicher monatliche",
    U"telefonieren telefon rufnummer hotline",
    U"gültig gilt bis befristet",
    U"sperren gesperrt geschlossen",
    U"ändern änderung geändert",
    U"umziehen umzug",
    U"erreichen erreichbar sprechzeiten geöffnet",
    U"einrichten einrichtung einmalig",
    U"rechnung abrechnung",
    U"abgeben abgabe einreichen einzureichen frist",
    U"bewerben bewerbung bewerber",
    U"schule klasse unterricht",
    U"kind kinder schüler",
    U"reise fahrt ausflug",
    U"hotel übernachtung unterkunft",
    U"unfall schaden schadenfall",
    U"zeuge zeugen",
    U"angebot kostenvoranschlag",

    U"ende enden endet ablauf ablaufen läuft befristet befristung auslaufen vertragsende laufzeit kündigung kündigen bis",
    U"beginn beginnen beginnt anfang anfangen fängt start starten startet antreten eintritt mietbeginn ab",
    U"kosten kostet preis gebühr entgelt teuer tarif satz berechnet",
    U"gesamt gesamtbetrag summe insgesamt endbetrag rechnungsbetrag zahlbetrag gesamtsumme total brutto bruttobetrag endsumme "
    U"gesamtpreis",
    U"zahlen bezahlen zahlung zahlbar überweisen überweisung begleichen entrichten fällig fälligkeit schulden schulde "
    U"zahlungsziel zahlungsfrist",
    U"zurück erstattet erstattung erstatten rückzahlung zurückgezahlt zurückzahlen rückerstattung",
    U"zurückgeben rückgabe zurückgegeben umtausch umtauschen umgetauscht widerruf rücksendung",
    U"ware artikel produkt gegenstand sache",
    U"liefern geliefert lieferung versand versandt versendet verschickt zustellung geliefert auslieferung",
    U"kaufen gekauft kauf bestellt bestellen bestellung erworben",
    U"verkaufen verkauft verkauf",
    U"vertrag vereinbarung mietvertrag mietverhältnis vertragsverhältnis arbeitsverhältnis",
    U"mieter mieterin mietpartei",
    U"vermieter vermieterin eigentümer hauseigentümer",
    U"miete mietzins kaltmiete warmmiete nettomiete monatsmiete",
    U"nebenkosten betriebskosten vorauszahlung",
    U"kaution mietsicherheit sicherheit sicherheitsleistung",
    U"wohnung mietsache mietobjekt räume mieträume haus",
    U"ausziehen auszug kündigen kündigung kündigungsfrist räumen",
    U"einziehen einzug übergabe mietbeginn",
    U"kündigungsfrist kündigen kündigung frist",
    U"gehalt lohn vergütung verdienen verdient bruttogehalt entgelt monatsgehalt",
    U"urlaub urlaubstage erholungsurlaub frei",
    U"probezeit probe erprobung",
    U"chef vorgesetzter vorgesetzte leiter leiterin geschäftsführer teamleiter",
    U"arbeitnehmer mitarbeiter mitarbeiterin beschäftigte angestellte",
    U"arbeitgeber firma unternehmen",
    U"arbeiten arbeit tätigkeit stelle arbeitsort einsatzort dienstort arbeitszeit",
    U"krank krankheit arbeitsunfähigkeit erkrankung attest",
    U"erlaubt erlauben gestattet zulässig verboten untersagt darf dürfen genehmigung zustimmung",
    U"haustier haustiere tiere hund hunde katze tierhaltung",
    U"rauchen raucher rauchverbot",
    U"untervermieten untervermietung untermiete",
    U"reparatur reparieren instandhaltung instandsetzung kleinreparaturen beheben behoben",
    U"garantie gewährleistung",
    U"schaden defekt mangel mängel beschädigung kaputt",
    U"sitzung besprechung treffen versammlung termin",
    U"stattfinden statt findet fand",
    U"teilnehmer anwesend teilgenommen dabei teilnehmen anwesende",
    U"abwesend entschuldigt fehlte fehlten",
    U"leitung leitet geleitet vorsitz sitzungsleitung moderation",
    U"protokoll protokollführer protokollführung protokollant",
    U"telefon telefonnummer rufnummer handy mobil anrufen erreichen",
    U"mail email e-mail",
    U"adresse anschrift sitz straße befindet liegt",
    U"kunde kundin auftraggeber käufer besteller rechnungsempfänger",
    U"lieferant verkäufer anbieter auftragnehmer aussteller",
    U"bekommen erhalten erhält bekommt",
    U"abholen abgeholt abholung",
    U"prüfen prüfung untersuchung untersuchen geprüft gutachter gutachten kontrolle",
    U"geheim vertraulich verschwiegenheit geheimhaltung",
    U"rabatt skonto nachlass ermäßigung abzug",
    U"strafe vertragsstrafe bußgeld",
    U"mahnung verspätet verzug verzugszinsen spät säumnis überfällig",
    U"auto fahrzeug wagen pkw",
    U"arzt ärztin doktor",
    U"unterschrieben unterzeichnet unterschrift grüßen gezeichnet unterschreiben",
    U"widerspruch einspruch widersprechen",
    U"beschwerde reklamation reklamieren beanstandung",
    U"öffnungszeiten geöffnet öffnet offen",
    U"verantwortlich zuständig kümmert verantwortung",
    U"zusätzlich weitere weiteren extra",
    U"brauchen benötigen benötigt nötig erforderlich mitbringen mitzubringen",
    U"steuer mehrwertsteuer umsatzsteuer mwst ust",
    U"versicherung versichert versichern",
    U"gericht gerichtsstand streitigkeiten",
    U"recht rechts anwendbares",
    U"verlängern verlängert verlängerung",
    U"erhöhen erhöht steigt steigen erhöhung",
    U"senken gesenkt sinkt",
    U"beschließen beschlossen beschluss entschieden",
    U"größe groß fläche wohnfläche quadratmeter",
    U"überstunden mehrarbeit",
    U"verbrauch verbraucht strom energie",
    U"ansprechpartner kontakt fragen rückfragen auskunft",
    U"konto iban kontonummer bankverbindung",
    U"rate raten teilzahlung",
    U"anzahlung vorkasse",
    U"stornieren stornierung absagen rücktritt",
    U"besuch besuchen termin",
    U"essen trinken nüchtern",
    U"schlüssel schlüsselübergabe",
    U"passieren passiert geschehen ereignet",
};
constexpr View chinese_groups[] = {
    U"到期 期满 届满 终止 结束 截止 止",
    U"开始 起 生效 开工 开课",
    U"租约 租赁 租期 合同 协议",
    U"房子 房屋 住房",
    U"价格 单价 价钱 费用 金额",
    U"一共 总共 合计 总计 总额 总金额 总价",
    U"支付 付款 缴纳 交纳 付",
    U"退还 返还 退款 退费 归还",
    U"允许 准许 不得 禁止 同意",
    U"罚款 违约金 罚",
    U"完成 竣工 完工",
    U"地点 地址 位于 坐落",
    U"老师 教师 教授 讲师",
    U"推迟 延期 延迟 顺延",
    U"举行 召开 举办 设在",
    U"持续 为期",
    U"最晚 最迟 截止",
    U"负责 承担",
    U"工资 月薪 薪酬 薪水",
    U"年假 休假 假期",
    U"电话 手机 联系方式",
    U"出租方 甲方 房东 出租人",
    U"承租方 乙方 租客 承租人",
    U"交货 发货 交付 送货",
    U"逾期 迟交 拖欠",
    U"管辖 法院 争议",
    U"每月 每个月 月",
    U"抽烟 吸烟",
    U"购买方 购方 买方 购货方 购买单位",
    U"销售方 销方 卖方 销货方 销售单位",
    U"名称 名字",
    U"税号 纳税人识别号 统一社会信用代码",
    U"账号 银行账号 开户行",
};

// What a question of these words asks for; the first that it holds counts.
struct Cue {
  View words;
  AnswerKind kind;
};
constexpr Cue cues[] = {
    {U"how much time", AnswerKind::duration},
    {U"how long", AnswerKind::duration},
    {U"how soon", AnswerKind::duration},
    {U"how often", AnswerKind::duration},
    {U"how many days", AnswerKind::duration},
    {U"when", AnswerKind::date},
    {U"what time", AnswerKind::date},
    {U"what date", AnswerKind::date},
    {U"which date", AnswerKind::date},
    {U"what day", AnswerKind::date},
    {U"which day", AnswerKind::date},
    {U"deadline", AnswerKind::date},
    {U"date", AnswerKind::date},
    {U"period", AnswerKind::duration},
    {U"who", AnswerKind::person},
    {U"whom", AnswerKind::person},
    {U"whose", AnswerKind::person},
    {U"where", AnswerKind::place},
    {U"address", AnswerKind::place},
    {U"which city", AnswerKind::place},
    {U"what place", AnswerKind::place},
    {U"why", AnswerKind::reason},
    {U"reason", AnswerKind::reason},
    {U"how many", AnswerKind::number},
    {U"percentage", AnswerKind::percent},
    {U"percent", AnswerKind::percent},
    {U"interest", AnswerKind::percent},
    {U"how much", AnswerKind::money},
    {U"cost", AnswerKind::money},
    {U"price", AnswerKind::money},
    {U"amount", AnswerKind::money},
    {U"total", AnswerKind::money},
    {U"fee", AnswerKind::money},
    {U"salary", AnswerKind::money},
    {U"rent", AnswerKind::money},
    {U"rate", AnswerKind::money},
    {U"budget", AnswerKind::money},
    {U"how", AnswerKind::number},
};
constexpr Cue german_cues[] = {
    {U"wie lange", AnswerKind::duration},
    {U"wie oft", AnswerKind::duration},
    {U"wie schnell", AnswerKind::duration},
    {U"wie viele tage", AnswerKind::duration},
    {U"wieviele tage", AnswerKind::duration},
    {U"wie viel zeit", AnswerKind::duration},
    {U"frist", AnswerKind::duration},
    {U"kündigungsfrist", AnswerKind::duration},
    {U"dauer", AnswerKind::duration},
    {U"wann", AnswerKind::date},
    {U"wie viel uhr", AnswerKind::date},
    {U"welches datum", AnswerKind::date},
    {U"welchem datum", AnswerKind::date},
    {U"welchem tag", AnswerKind::date},
    {U"welchen tag", AnswerKind::date},
    {U"datum", AnswerKind::date},
    {U"wer", AnswerKind::person},
    {U"wem", AnswerKind::person},
    {U"wen", AnswerKind::person},
    {U"wessen", AnswerKind::person},
    {U"wo", AnswerKind::place},
    {U"wohin", AnswerKind::place},
    {U"woher", AnswerKind::place},
    {U"adresse", AnswerKind::place},
    {U"anschrift", AnswerKind::place},
    {U"warum", AnswerKind::reason},
    {U"weshalb", AnswerKind::reason},
    {U"wieso", AnswerKind::reason},
    {U"grund", AnswerKind::reason},
    {U"wie viele", AnswerKind::number},
    {U"wieviele", AnswerKind::number},
    {U"prozent", AnswerKind::percent},
    {U"prozentsatz", AnswerKind::percent},
    {U"zinsen", AnswerKind::percent},
    {U"zinssatz", AnswerKind::percent},
    {U"skonto", AnswerKind::percent},
    {U"rabatt", AnswerKind::percent},
    {U"steuersatz", AnswerKind::percent},
    {U"wie viel prozent", AnswerKind::percent},
    {U"wie hoch", AnswerKind::money},
    {U"wie viel", AnswerKind::money},
    {U"wieviel", AnswerKind::money},
    {U"wie teuer", AnswerKind::money},
    {U"kostet", AnswerKind::money},
    {U"kosten", AnswerKind::money},
    {U"preis", AnswerKind::money},
    {U"betrag", AnswerKind::money},
    {U"gesamtbetrag", AnswerKind::money},
    {U"miete", AnswerKind::money},
    {U"gehalt", AnswerKind::money},
    {U"gebühr", AnswerKind::money},
    {U"wie groß", AnswerKind::number},
    {U"wie gross", AnswerKind::number},
};

// Of Chinese; taken out of the question, as its grammar is not the answer's. A cue of another kind only is no grammar.
struct ChineseCue {
  View words;
  AnswerKind kind;
  bool grammar = true;
};
constexpr ChineseCue chinese_cues[] = {
    {U"什么时候", AnswerKind::date},
    {U"什么时间", AnswerKind::date},
    {U"何时", AnswerKind::date},
    {U"哪一天", AnswerKind::date},
    {U"哪天", AnswerKind::date},
    {U"哪一年", AnswerKind::date},
    {U"哪年", AnswerKind::date},
    {U"几号", AnswerKind::date},
    {U"几点", AnswerKind::date},
    {U"几月", AnswerKind::date},
    {U"多长时间", AnswerKind::duration},
    {U"多久", AnswerKind::duration},
    {U"多少天", AnswerKind::duration},
    {U"几天", AnswerKind::duration},
    {U"多少钱", AnswerKind::money},
    {U"几块", AnswerKind::money},
    {U"百分之多少", AnswerKind::percent},
    {U"什么地方", AnswerKind::place},
    {U"哪里", AnswerKind::place},
    {U"哪儿", AnswerKind::place},
    {U"何处", AnswerKind::place},
    {U"哪个城市", AnswerKind::place},
    {U"为什么", AnswerKind::reason},
    {U"为何", AnswerKind::reason},
    {U"什么原因", AnswerKind::reason},
    {U"谁", AnswerKind::person},
    {U"哪位", AnswerKind::person},
    {U"何人", AnswerKind::person},
    {U"比例", AnswerKind::percent, false},
    {U"利率", AnswerKind::percent, false},
    {U"税率", AnswerKind::percent, false},
    {U"金额", AnswerKind::money, false},
    {U"租金", AnswerKind::money, false},
    {U"费用", AnswerKind::money, false},
    {U"价格", AnswerKind::money, false},
    {U"单价", AnswerKind::money, false},
    {U"预算", AnswerKind::money, false},
    {U"押金", AnswerKind::money, false},
    {U"地址", AnswerKind::place, false},
    {U"地点", AnswerKind::place, false},
    {U"日期", AnswerKind::date, false},
    {U"期限", AnswerKind::duration, false},
    {U"多少", AnswerKind::number},
    {U"几个", AnswerKind::number},
    {U"几", AnswerKind::number},
    {U"是什么", AnswerKind::any},
    {U"什么", AnswerKind::any},
    {U"哪些", AnswerKind::any},
    {U"哪个", AnswerKind::any},
    {U"怎么", AnswerKind::any},
    {U"如何", AnswerKind::any},
    {U"是否", AnswerKind::any},
    {U"可以", AnswerKind::any},
    {U"能否", AnswerKind::any},
    {U"能不能", AnswerKind::any},
    {U"请问", AnswerKind::any},
    {U"需要", AnswerKind::any},
};

// Words that measure what is asked ("how long is the period") and are not to be expected beside the answer.
constexpr View measures[] = {U"long",  U"much",   U"many",   U"big",    U"large", U"high",  U"tall",   U"heavy",
                             U"often", U"soon",   U"far",    U"old",    U"when",  U"until", U"before", U"exactly",
                             U"get",   U"one",    U"person", U"people", U"name",  U"named", U"kind",   U"sort",
                             U"there", U"either", U"other",  U"out",    U"up",    U"off"};

constexpr View german_measures[] = {U"lange", U"hoch",      U"oft",    U"schnell", U"spätestens", U"genau",
                                    U"name",  U"heißt",     U"heisst", U"heißen",  U"uhr",        U"datum",
                                    U"monat", U"monatlich", U"pro",    U"selbst",  U"eigentlich"};

constexpr View months[] = {U"januar",    U"februar",  U"märz",     U"mai",      U"juni", U"juli", U"oktober", U"dezember",
                           U"january",   U"february", U"march",    U"april",    U"may",  U"june", U"july",    U"august",
                           U"september", U"october",  U"november", U"december", U"jan",  U"feb",  U"mar",     U"apr",
                           U"jun",       U"jul",      U"aug",      U"sep",      U"sept", U"oct",  U"nov",     U"dec"};
constexpr View weekdays[] = {U"montag",   U"dienstag", U"mittwoch",  U"donnerstag", U"freitag",     U"samstag",  U"sonnabend",
                             U"sonntag",  U"montags",  U"dienstags", U"mittwochs",  U"donnerstags", U"freitags", U"samstags",
                             U"sonntags", U"monday",   U"tuesday",   U"wednesday",  U"thursday",    U"friday",   U"saturday",
                             U"sunday",   U"mondays",  U"tuesdays",  U"thursdays",  U"fridays",     U"saturdays"};
constexpr View spans[] = {U"tag",          U"tage",         U"tagen",         U"woche",    U"wochen",    U"monat",
                          U"monate",       U"monaten",      U"jahr",          U"jahre",    U"jahren",    U"stunde",
                          U"stunden",      U"minute",       U"minuten",       U"werktage", U"werktagen", U"arbeitstage",
                          U"arbeitstagen", U"kalendertage", U"kalendertagen", U"quartal",  U"nächte",    U"second",
                          U"seconds",      U"minute",       U"minutes",       U"hour",     U"hours",     U"day",
                          U"days",         U"week",         U"weeks",         U"month",    U"months",    U"quarter",
                          U"years",        U"year",         U"months'",       U"weeks'",   U"days'"};
constexpr View number_words[] = {
    U"zwei",    U"drei",     U"vier",     U"fünf",    U"sechs",   U"sieben",  U"acht",    U"neun",    U"zehn",    U"elf",
    U"zwölf",   U"vierzehn", U"fünfzehn", U"zwanzig", U"dreißig", U"vierzig", U"fünfzig", U"sechzig", U"neunzig", U"hundert",
    U"einmal",  U"zweimal",  U"one",      U"two",     U"three",   U"four",    U"five",    U"six",     U"seven",   U"eight",
    U"nine",    U"ten",      U"eleven",   U"twelve",  U"twenty",  U"thirty",  U"forty",   U"fifty",   U"sixty",   U"ninety",
    U"hundred", U"fifteen",  U"fourteen", U"half",    U"once",    U"twice"};
constexpr View ordinals[] = {U"first",   U"second", U"third", U"fourth", U"fifth", U"sixth",
                             U"seventh", U"eighth", U"ninth", U"tenth",  U"last"};
constexpr View german_one[] = {U"ein", U"eine", U"einen", U"einem", U"einer", U"eines"};
constexpr View titles[] = {U"herr", U"herrn", U"frau",   U"familie", U"mr",        U"mrs", U"ms",
                           U"miss", U"dr",    U"doctor", U"prof",    U"professor", U"sir", U"madam"};
constexpr View companies[] = {U"ltd", U"inc", U"gmbh", U"llc", U"plc", U"ag", U"corp", U"limited", U"company"};
constexpr View places[] = {U"platz",
                           U"weg",
                           U"gasse",
                           U"allee",
                           U"gebäude",
                           U"raum",
                           U"saal",
                           U"büro",
                           U"etage",
                           U"stock",
                           U"obergeschoss",
                           U"erdgeschoss",
                           U"filiale",
                           U"lager",
                           U"werk",
                           U"rathaus",
                           U"bahnhof",
                           U"standort",
                           U"besprechungsraum",
                           U"konferenzraum",
                           U"street",
                           U"road",
                           U"lane",
                           U"avenue",
                           U"square",
                           U"yard",
                           U"row",
                           U"drive",
                           U"park",
                           U"quay",
                           U"court",
                           U"house",
                           U"building",
                           U"floor",
                           U"room",
                           U"hall",
                           U"office",
                           U"wing",
                           U"unit",
                           U"site",
                           U"premises",
                           U"warehouse",
                           U"factory",
                           U"store",
                           U"station",
                           U"airport"};
constexpr View place_words[] = {U"im", U"nach", U"bei",  U"beim",   U"aus",    U"in",      U"at",
                                U"to", U"near", U"from", U"beside", U"behind", U"opposite"};
constexpr View reasons[] = {U"weil",    U"wegen", U"aufgrund", U"daher", U"deshalb", U"denn",      U"infolge", U"grund",
                            U"because", U"since", U"due",      U"owing", U"reason",  U"therefore", U"as",      U"for"};

constexpr View endings[] = {U"ment", U"able", U"ance", U"ing", U"ion", U"ed", U"ly", U"al"};

bool capital(char32_t c) { return u_isupper(UChar32(c)); }

// The word of the page that a token comes from, as it is written.
std::u32string written(const EvidenceLine& line, const EvidenceLine::Token& token) {
  const size_t word = token.begin < line.owner.size() ? line.owner[token.begin] : 0;
  return word < line.line->words.size() ? code_points(line.line->words[word].text) : token.text;
}
bool in_capitals(View word) {
  return std::none_of(word.begin(), word.end(), [](char32_t c) { return is_letter(c) && !capital(c); });
}
bool is_number(View token) { return std::any_of(token.begin(), token.end(), is_digit) || among(token, number_words); }
bool is_name_like(const EvidenceLine& line, const EvidenceLine::Token& token) {
  const std::u32string word = written(line, token);
  size_t first = 0;
  while (first < word.size() && !is_letter(word[first])) ++first;
  const bool all_capitals = word.size() - first > 2 && std::all_of(word.begin() + ptrdiff_t(first), word.end(),
                                                                   [](char32_t c) { return !is_letter(c) || capital(c); });
  return first < word.size() && capital(word[first]) && !all_capitals && !among(token.text, months) &&
         !among(token.text, weekdays) && !is_number(token.text);
}
bool sentence_ended_before(const EvidenceLine& line, size_t at) {
  while (at > 0 && is_blank(line.letters.text[at - 1])) --at;
  return at == 0 || View(U".!?:\u3002").find(line.letters.text[at - 1]) != View::npos;
}

using Tokens = std::vector<const EvidenceLine::Token*>;

double date_in(const EvidenceLine& line, const Tokens& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    const View word = tokens[i]->text;
    const bool number_beside =
        (i > 0 && is_number(tokens[i - 1]->text)) ||
        (i + 1 < tokens.size() && std::any_of(tokens[i + 1]->text.begin(), tokens[i + 1]->text.end(), is_digit));
    if (among(word, months) && (number_beside || (word.size() > 3 && is_name_like(line, *tokens[i])))) return 1;
    if (among(word, weekdays)) return 0.9;
  }
  return 0;
}
double span_in(const Tokens& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!is_number(tokens[i]->text) && !among(tokens[i]->text, ordinals) && !among(tokens[i]->text, german_one)) continue;
    if (among(tokens[i + 1]->text, spans)) return 1;
    if (i + 2 < tokens.size() && among(tokens[i + 2]->text, spans)) return 0.9;  // "three working days"
  }
  return 0;
}
// In German every noun has a capital: one by itself tells nothing.
double person_in(const EvidenceLine& line, const Tokens& tokens, bool german) {
  double best = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (among(tokens[i]->text, titles) && i + 1 < tokens.size()) return 1;
    if (among(tokens[i]->text, companies)) best = std::max(best, 0.8);
    if (!is_name_like(line, *tokens[i])) continue;
    const bool first = sentence_ended_before(line, tokens[i]->begin);
    const bool pair = i + 1 < tokens.size() && is_name_like(line, *tokens[i + 1]) &&
                      tokens[i + 1]->begin - tokens[i]->begin <= tokens[i]->text.size() + 2;
    best = std::max(best, pair ? (first ? 0.8 : german ? 0.9 : 1) : first || german ? 0 : 0.6);
  }
  return best;
}
double place_in(const EvidenceLine& line, const Tokens& tokens, bool german) {
  double best = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const View word = tokens[i]->text;
    if (among(word, places) || word.ends_with(U"strasse") || word.ends_with(U"stra\u00DFe") ||
        (german && (word.ends_with(U"saal") || word.ends_with(U"raum") || word.ends_with(U"geb\u00E4ude") ||
                    word.ends_with(U"platz") || word.ends_with(U"weg") || word.ends_with(U"allee") || word.ends_with(U"gasse"))))
      best = std::max(best, i > 0 && is_name_like(line, *tokens[i]) ? 1.0 : 0.7);
    if (among(word, place_words) && i + 1 < tokens.size() && is_name_like(line, *tokens[i + 1]))
      best = std::max(best, german ? 0.6 : 0.8);
  }
  return best;
}

bool has_any(View text, std::initializer_list<View> words) {
  return std::any_of(words.begin(), words.end(), [&](View word) { return text.find(word) != View::npos; });
}
constexpr View chinese_numbers = U"0123456789〇零一二三四五六七八九十百千万亿两半";
// A number right before one of the words.
bool counted(View text, std::initializer_list<View> words) {
  for (const View word : words)
    for (size_t at = text.find(word); at != View::npos; at = text.find(word, at + 1))
      if (at > 0 && chinese_numbers.find(text[at - 1]) != View::npos) return true;
  return false;
}
double chinese_kind_in(View text, AnswerKind kind) {
  switch (kind) {
    case AnswerKind::date:
      if (counted(text, {U"月"}) && counted(text, {U"年", U"日", U"号", U"底", U"初"})) return 1;
      return counted(text, {U"年", U"日", U"号", U"点", U"天", U"周", U"个月"}) ? 0.7 : 0;
    case AnswerKind::duration:
      return counted(text, {U"天", U"个月", U"周", U"小时", U"分钟", U"日内", U"年"}) ? 1 : counted(text, {U"日"}) ? 0.5 : 0;
    case AnswerKind::money: return counted(text, {U"元", U"块", U"美元", U"欧元"}) ? 1 : 0;
    case AnswerKind::number:
      return std::any_of(text.begin(), text.end(), [](char32_t c) { return chinese_numbers.find(c) != View::npos; });
    case AnswerKind::percent: return has_any(text, {U"%", U"百分之", U"千分之", U"万分之"});
    case AnswerKind::person:
      return has_any(text, {U"公司", U"先生", U"女士", U"小姐", U"教授", U"老师", U"经理", U"主任", U"甲方", U"乙方", U"法院"})
                 ? 0.7
                 : 0;
    case AnswerKind::place:
      return counted(text, {U"号", U"层", U"楼", U"室"}) && has_any(text, {U"路", U"街", U"区", U"市", U"楼", U"大厦"}) ? 1
             : has_any(text, {U"位于", U"路", U"街", U"市", U"省", U"县", U"楼", U"厅", U"会议室", U"分公司", U"设在"}) ? 0.7
                                                                                                                        : 0;
    case AnswerKind::reason: return has_any(text, {U"因", U"由于", U"鉴于", U"受"});
    case AnswerKind::any: break;
  }
  return 0;
}

bool is_vowel(char32_t c) { return View(U"aeiou").find(c) != View::npos; }

// A word less its ending: "employs", "employment" -> "employ"; "hires", "hired" -> "hire"; "shipped" -> "ship".
std::u32string stem(View word) {
  std::u32string out(word);
  const auto ends = [&](View ending) { return View(out).ends_with(ending); };
  if (out.size() > 3 && ends(U"s") && !ends(U"ss") && !ends(U"us") && !ends(U"is")) out.pop_back();
  for (const View ending : endings) {
    if (!ends(ending) || out.size() < ending.size() + (ending == U"al" ? 4 : 3)) continue;
    out.resize(out.size() - ending.size());
    const size_t n = out.size();
    const bool closed = n == 3 && !is_vowel(out[0]) && is_vowel(out[1]) && !is_vowel(out[2]) && out[2] != U'y' && out[2] != U'w';
    if (closed && (ending == U"ed" || ending == U"ing"))
      out += U'e';
    else if (n > 3 && out[n - 1] == out[n - 2] && !is_vowel(out[n - 1]) && out[n - 1] != U'l' && out[n - 1] != U's')
      out.pop_back();
    break;
  }
  if (out.size() > 4 && out.back() == U'e') out.pop_back();
  if (out.size() > 3 && out.back() == U'y') out.back() = U'i';
  return out;
}
// Broader at the end of long words than same_word, which checks claims, and stricter with short ones: "carry" is no "car".
bool same_stem(View a, View b) {
  if (a == b) return true;
  if (std::any_of(a.begin(), a.end(), is_digit) || std::any_of(b.begin(), b.end(), is_digit)) return false;
  if (a.empty() || b.empty() || a.front() != b.front()) return false;
  const std::u32string x = stem(a), y = stem(b);
  size_t common = 0;
  while (common < std::min(x.size(), y.size()) && x[common] == y[common]) ++common;
  return x == y || (common >= 5 && double(common) >= 0.7 * double(std::max(x.size(), y.size())));
}

// German: umlauts and endings do not count, nor the "ge" of participles: "gezahlt", "Zahlung" -> "zahl".
std::u32string german_stem(View word) {
  std::u32string out;
  for (const char32_t c : word) {
    if (c == 0xDF)
      out += U"ss";
    else
      out += c == 0xE4 ? U'a' : c == 0xF6 ? U'o' : c == 0xFC ? U'u' : c;
  }
  static constexpr View german_endings[] = {U"ungen", U"lich", U"ern", U"ung", U"end", U"en", U"er",
                                            U"es",    U"em",   U"e",   U"n",   U"s",   U"t"};
  static constexpr View doers[] = {U"mieter", U"leiter", U"arbeiter", U"vertreter", U"meister", U"nehmer", U"geber"};
  if (out.starts_with(U"ge") && out.size() >= 7 && (out.ends_with(U"t") || out.ends_with(U"en"))) out.erase(0, 2);
  for (bool again = true; again;) {
    again = false;
    if (std::any_of(std::begin(doers), std::end(doers), [&](View doer) { return View(out).ends_with(doer); })) break;
    for (const View ending : german_endings) {
      if (!View(out).ends_with(ending) || out.size() < ending.size() + 4) continue;
      if (ending == U"n" && View(U"erl").find(out[out.size() - 2]) == View::npos) continue;
      if (ending == U"s" && out[out.size() - 2] == U's') continue;
      out.resize(out.size() - ending.size());
      again = true;
      break;
    }
  }
  return out;
}
constexpr double part_quality = 0.8;  // of a compound that the word is part of
double german_quality(View token, View word) {
  if (token == word) return 1;
  if (std::any_of(token.begin(), token.end(), is_digit) || std::any_of(word.begin(), word.end(), is_digit)) return 0;
  const std::u32string a = german_stem(token), b = german_stem(word);
  if (a == b) return 1;
  const View longer = a.size() > b.size() ? View(a) : View(b), shorter = a.size() > b.size() ? View(b) : View(a);
  // The words themselves five letters or more: "nach" is no part of "Übernachtung".
  if (std::min(token.size(), word.size()) >= 5 && shorter.size() >= 4 && longer.size() >= shorter.size() + 3 &&
      (longer.ends_with(shorter) || longer.starts_with(shorter)))
    return part_quality;
  return 0;
}

std::vector<View> cut(View list, char32_t between) {
  std::vector<View> parts;
  while (!list.empty()) {
    const size_t end = std::min(list.find(between), list.size());
    parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}
const auto& near_table() {
  static const auto table = [] {
    std::vector<std::vector<View>> rows;
    for (const View list : groups) rows.push_back(cut(list, U' '));
    for (const View list : chinese_groups) rows.push_back(cut(list, U' '));
    return rows;
  }();
  return table;
}
const auto& german_table() {
  static const auto table = [] {
    std::vector<std::vector<View>> rows;
    for (const View list : german_groups) rows.push_back(cut(list, U' '));
    return rows;
  }();
  return table;
}
std::vector<View> german_near_of(View word) {
  std::vector<View> near;
  const std::u32string stem_of_word = german_stem(word);
  for (const auto& row : german_table())
    if (std::any_of(row.begin(), row.end(), [&](View one) { return one == word || german_stem(one) == stem_of_word; }))
      for (const View one : row)
        if (one != word && !among(one, near)) near.push_back(one);
  return near;
}
std::vector<View> near_of(View word) {
  std::vector<View> near;
  for (const auto& row : near_table())
    if (std::any_of(row.begin(), row.end(), [&](View one) { return same_stem(one, word); }))
      for (const View one : row)
        if (one != word && !among(one, near)) near.push_back(one);
  return near;
}

void add_chinese_run(View run, std::vector<Asked::Term>& terms) {
  const auto add = [&](View text, bool known) {
    if (std::none_of(terms.begin(), terms.end(), [&](const Asked::Term& t) { return t.text == text; }))
      terms.push_back({std::u32string(text), known ? near_of(text) : std::vector<View>{}, false, false});
  };
  size_t plain = 0;  // where what no list knows begins
  const auto pairs = [&](size_t end) {
    for (size_t i = plain; i + 1 < end; ++i) add(run.substr(i, 2), false);
  };
  for (size_t i = 0; i < run.size();) {
    size_t longest = 0;
    for (const auto& row : near_table())
      for (const View one : row)
        if (one.size() > std::max<size_t>(longest, 1) && run.substr(i).starts_with(one)) longest = one.size();
    if (longest == 0) {
      ++i;
      continue;
    }
    pairs(i);
    add(run.substr(i, longest), true);
    i += longest;
    plain = i;
  }
  pairs(run.size());
}

// What shows itself by its form.
std::optional<Value::Kind> shown_as(View word) {
  static constexpr std::pair<View, Value::Kind> kinds[] = {
      {U"phone", Value::Kind::phone},         {U"telephone", Value::Kind::phone}, {U"mobile", Value::Kind::phone},
      {U"telefonnummer", Value::Kind::phone}, {U"telefon", Value::Kind::phone},   {U"rufnummer", Value::Kind::phone},
      {U"电话", Value::Kind::phone},          {U"手机", Value::Kind::phone},      {U"email", Value::Kind::email},
      {U"e-mail", Value::Kind::email},        {U"mail", Value::Kind::email},      {U"邮箱", Value::Kind::email},
      {U"website", Value::Kind::url},         {U"webseite", Value::Kind::url},    {U"网址", Value::Kind::url},
      {U"iban", Value::Kind::iban},           {U"time", Value::Kind::time},       {U"uhrzeit", Value::Kind::time}};
  for (const auto& [name, kind] : kinds)
    if (word == name) return kind;
  return {};
}
// "purchase order number" may stand as "PO".
void add_initials(std::vector<Asked::Term>& terms) {
  constexpr size_t most = 4;
  for (size_t first = 0; first < terms.size(); ++first) {
    std::u32string initials;
    for (size_t t = first; t < terms.size() && t - first < most; ++t) {
      if (t > first && !terms[t].follows) break;
      if (!is_letter(terms[t].text.front()) || terms[t].text.size() < 2) break;
      initials += terms[t].text.front();
      if (initials.size() < 2) continue;
      for (size_t i = first; i <= t; ++i) terms[i].initials.push_back(initials);
    }
  }
}

double quality_of(View token, const Asked::Term& term) {
  if (term.german) {
    double best = german_quality(token, term.text);
    for (const View near : term.near)
      if (best < near_quality) best = std::max(best, near_quality * german_quality(token, near));
    return best;
  }
  if (same_stem(token, term.text)) return 1;
  return std::any_of(term.near.begin(), term.near.end(), [&](View near) { return same_stem(token, near); }) ? near_quality : 0;
}

// Sayings become one term each; the first word stands for the rest.
void take_sayings(std::u32string& text, std::vector<Asked::Term>& terms) {
  std::u32string plain = U" ";
  for (const char32_t c : text) plain += is_letter(c) || is_digit(c) || c == U'-' ? c : U' ';
  plain += U' ';
  for (const Saying& saying : sayings)
    for (const View phrase : cut(saying.phrases, U'|')) {
      const size_t at = plain.find(U" " + std::u32string(phrase) + U" ");
      if (at == std::u32string::npos) continue;
      const View head = phrase.substr(0, phrase.find(U' '));
      terms.push_back(
          {std::u32string(head == U"how" || head == U"what" || head == U"who" ? cut(saying.near, U' ').front() : head),
           cut(saying.near, U' '), false, false});
      for (size_t i = 0; i < phrase.size(); ++i) text[at + i] = U' ', plain[at + 1 + i] = U' ';
      break;
    }
}

}  // namespace

Asked asked_of(std::string_view question) {
  Asked asked;
  const bool german = asked.german = reads_as_german(question);
  std::u32string text = letters_of(question).text;
  if (text.size() > most_characters) text.resize(most_characters);
  if (std::any_of(text.begin(), text.end(), is_ideographic)) {
    for (const ChineseCue& cue : chinese_cues)
      for (size_t at = text.find(cue.words); at != std::u32string::npos; at = text.find(cue.words, at)) {
        if (asked.kind == AnswerKind::any) asked.kind = cue.kind;
        if (!cue.grammar) break;
        text.replace(at, cue.words.size(), U" ");
      }
    std::u32string run;
    for (size_t i = 0; i <= text.size(); ++i) {
      const bool inside =
          i < text.size() && is_ideographic(text[i]) && View(U"的了是在和与及为由吗呢吧请问").find(text[i]) == View::npos;
      if (inside) {
        run += text[i];
      } else if (!run.empty()) {
        add_chinese_run(run, asked.terms);
        run.clear();
      }
    }
  } else {
    const std::u32string plain = U" " + plain_label(text) + U" ";
    const std::span<const Cue> list = german ? std::span<const Cue>(german_cues) : std::span<const Cue>(cues);
    for (const Cue& cue : list)
      if (plain.find(U" " + std::u32string(cue.words) + U" ") != std::u32string::npos) {
        asked.kind = cue.kind;
        break;
      }
    if (!german) take_sayings(text, asked.terms);
  }
  std::u32string before;
  for (std::u32string& word : content_words(to_utf8(text))) {
    if (asked.terms.size() >= most_terms) break;
    if (is_ideographic(word.front())) continue;
    std::u32string both = std::move(before);
    both.append(U" ").append(word);
    const bool follows = both.size() > word.size() + 1 && text.find(both) != std::u32string::npos;
    before = word;
    if (german ? among(word, german_measures) : among(word, measures)) {
      before.clear();
      continue;
    }
    if (std::none_of(asked.terms.begin(), asked.terms.end(), [&](const Asked::Term& t) { return t.text == word; })) {
      std::vector<View> near = german ? german_near_of(word) : near_of(word);
      asked.terms.push_back({std::move(word), std::move(near), follows, german});
    }
  }
  if (asked.terms.empty())  // of question words only
    for (std::u32string& word : content_words(to_utf8(text))) asked.terms.push_back({std::move(word), {}, false, german});
  if (asked.terms.size() > most_terms) asked.terms.resize(most_terms);
  add_initials(asked.terms);
  for (Asked::Term& term : asked.terms) term.shown = shown_as(term.text);
  return asked;
}

double holds(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& term) {
  const bool shown = term.shown && std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) {
                       return v.kind == *term.shown && v.begin >= begin && v.end <= end;
                     });
  if (is_ideographic(term.text.front())) {
    const View text = View(line.letters.text).substr(begin, end - begin);
    if (text.find(term.text) != View::npos) return 1;
    return shown || std::any_of(term.near.begin(), term.near.end(), [&](View near) { return text.find(near) != View::npos; })
               ? near_quality
               : 0;
  }
  double best = shown ? near_quality : 0;
  for (const EvidenceLine::Token& token : line.tokens)
    if (token.begin >= begin && token.begin < end) {
      best = std::max(best, quality_of(token.text, term));
      if (best < near_quality && among(token.text, term.initials) && in_capitals(written(line, token))) best = near_quality;
    }
  return best;
}

double holds(std::u32string_view word, const Asked::Term& term) { return quality_of(word, term); }

bool holds_in_a_row(const EvidenceLine& line, size_t begin, size_t end, const Asked::Term& first, const Asked::Term& second) {
  for (size_t i = 0; i + 1 < line.tokens.size(); ++i)
    if (line.tokens[i].begin >= begin && line.tokens[i + 1].begin < end && quality_of(line.tokens[i].text, first) > 0 &&
        quality_of(line.tokens[i + 1].text, second) > 0)
      return true;
  return false;
}

double holds(const EvidenceLine& line, size_t begin, size_t end, AnswerKind kind, bool german) {
  if (kind == AnswerKind::any) return 0;
  Tokens tokens;
  for (const EvidenceLine::Token& token : line.tokens)
    if (token.begin >= begin && token.begin < end) tokens.push_back(&token);
  const auto value = [&](std::initializer_list<Value::Kind> kinds) {
    return std::any_of(line.values.begin(), line.values.end(), [&](const Value& v) {
      return v.begin >= begin && v.begin < end && std::find(kinds.begin(), kinds.end(), v.kind) != kinds.end();
    });
  };
  double best = chinese_kind_in(View(line.letters.text).substr(begin, end - begin), kind);
  const auto at_least = [&](double quality) { best = std::max(best, quality); };
  switch (kind) {
    case AnswerKind::date:
      if (value({Value::Kind::date, Value::Kind::time})) return 1;
      at_least(date_in(line, tokens));
      at_least(0.7 * span_in(tokens));
      break;
    case AnswerKind::duration:
      at_least(span_in(tokens));
      at_least(value({Value::Kind::date, Value::Kind::time}) ? 0.5 : 0.5 * date_in(line, tokens));
      break;
    case AnswerKind::money:
      if (value({Value::Kind::amount})) return 1;
      at_least(value({Value::Kind::percent}) ? 0.6 : value({Value::Kind::number}) ? 0.3 : 0);
      break;
    case AnswerKind::number:
      if (value({Value::Kind::number, Value::Kind::amount, Value::Kind::percent})) return 1;
      if (std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return is_number(token->text); })) return 0.9;
      break;
    case AnswerKind::percent:
      if (value({Value::Kind::percent})) return 1;
      at_least(std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return token->text == U"percent"; }) ? 1 : 0);
      at_least(value({Value::Kind::amount}) ? 0.5 : 0);
      break;
    case AnswerKind::person: at_least(person_in(line, tokens, german)); break;
    case AnswerKind::place: at_least(place_in(line, tokens, german)); break;
    case AnswerKind::reason:
      at_least(std::any_of(tokens.begin(), tokens.end(), [](const auto* token) { return among(token->text, reasons); }) ? 0.8
                                                                                                                        : 0);
      break;
    case AnswerKind::any: break;
  }
  return best;
}

}  // namespace bifrons
