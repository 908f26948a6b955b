// fusion/asked_tongues.cpp - see asked_tongues.h.
#include "fusion/asked_tongues.h"

#include <algorithm>
#include <array>
#include <string>

#include "fusion/asked.h"
#include "fusion/values.h"
#include "ocr/document/fold.h"

namespace bifrons {

namespace {

using View = std::u32string_view;

// Words of one row mean nearly the same: those a question may hold, and those that papers write. English, German, Chinese, each
// separated by blanks.
struct Row {
  View words[3];         // by Tongue
  bool measure = false;  // says what kind of thing is asked for, not of what
};
static_assert(int(Tongue::english) == 0 && int(Tongue::chinese) == 1 && int(Tongue::german) == 2);

constexpr Row rows[] = {
    // Time.
    {{U"end ends ended expire expires expiry expiration terminate terminates until finish over",
      U"到期 终止 届满 期满 结束 截止 止", U"ende endet enden endete ablauf abläuft läuft auslaufen befristet vertragsende"}},
    {{U"start starts begin begins began commence commences commencement effective", U"开始 起 生效 起租 开工 开课",
      U"beginn beginnt beginnen begann anfang anfangen fängt start startet starten mietbeginn"}},
    {{U"due payable deadline", U"付款期限 付款截止 到期 截止 应付 支付",
      U"fällig fälligkeit zahlbar zahlungsziel zahlungsfrist"}},
    {{U"date day", U"日期", U"datum tag"}, true},
    {{U"time hour o'clock", U"时间", U"uhrzeit uhr zeit"}, true},
    {{U"period term duration", U"期限 期间 租期", U"frist dauer laufzeit zeitraum"}, true},
    {{U"notice terminate termination cancel cancellation", U"解除 通知 解约 提前",
      U"kündigung kündigungsfrist kündigen gekündigt"}},
    {{U"probation probationary trial", U"试用期 试用", U"probezeit"}},
    {{U"renew renewal extend extended extension prolong prolonged", U"续租 续签 延长 续约",
      U"verlängern verlängert verlängerung"}},
    {{U"month monthly", U"每月 月", U"monat monatlich monatliche monats"}, true},
    {{U"year annual annually yearly", U"每年 年", U"jahr jährlich jährliche"}, true},
    {{U"week weekly", U"每周 周", U"woche wöchentlich wöchentliche"}, true},
    {{U"hours", U"小时 工作时间", U"stunden arbeitszeit"}, true},
    {{U"late overdue delay default arrears", U"逾期 迟延 拖欠 迟付", U"verspätet verspätete verspäteter verzug säumnis spät"}},
    {{U"next", U"下次", U"nächste nächster nächsten nächstes"}},
    {{U"opening open hours", U"营业时间 开放", U"öffnungszeiten geöffnet öffnet"}},
    // Money.
    {{U"total sum altogether overall", U"合计 总计 总额 总金额 总价 价税合计 一共 总共",
      U"gesamt gesamtbetrag gesamtsumme rechnungsbetrag endbetrag summe insgesamt gesamtpreis"}},
    {{U"subtotal", U"小计 不含税金额", U"zwischensumme nettobetrag"}},
    {{U"net", U"不含税 净额 税后", U"netto nettobetrag"}},
    {{U"gross", U"含税 税前", U"brutto bruttobetrag bruttogehalt"}},
    {{U"tax vat", U"税额 增值税 税率 税 税款", U"steuer mehrwertsteuer umsatzsteuer mwst ust"}},
    {{U"rate", U"税率 利率 费率", U"satz steuersatz"}, true},
    {{U"amount", U"金额", U"betrag"}, true},
    {{U"price cost costs charge fee fees", U"价格 单价 价钱 费用 费", U"preis kosten kostet gebühr entgelt"}},
    {{U"rent", U"租金 月租 房租", U"miete kaltmiete mietzins"}},
    {{U"deposit bond", U"押金 保证金 定金", U"kaution mietsicherheit anzahlung"}},
    {{U"salary wage earn earns remuneration", U"工资 月薪 薪酬 薪水", U"gehalt lohn vergütung bruttogehalt verdienen verdient"}},
    {{U"discount rebate", U"折扣 优惠", U"rabatt skonto nachlass ermäßigung"}},
    {{U"interest", U"利息 利率", U"zinsen zinssatz verzugszinsen"}},
    {{U"penalty fine", U"违约金 罚款", U"vertragsstrafe strafe bußgeld"}},
    {{U"pay paid payment payable transfer transferred", U"付款 支付 缴纳",
      U"zahlen bezahlen bezahlt zahlung zahlbar überweisen überweisung"}},
    {{U"refund repaid refunded repay reimbursed return returned", U"退还 退款 返还",
      U"erstattet erstattung rückzahlung zurückgezahlt zurückerstattet zurück"}},
    {{U"invoice bill", U"发票 账单", U"rechnung"}},
    {{U"receipt", U"收据 小票", U"quittung beleg kassenbon"}},
    {{U"account iban", U"账号 账户 银行账号", U"konto kontonummer iban bankverbindung"}},
    {{U"bank", U"开户银行 开户行 银行", U"bank"}},
    {{U"cash", U"现金", U"bar bargeld"}},
    {{U"card", U"银行卡 信用卡", U"karte kreditkarte"}},
    {{U"insurance insured", U"保险", U"versicherung versichert"}},
    {{U"premium contribution", U"保费", U"beitrag prämie versicherungsbeitrag"}},
    {{U"excess deductible", U"免赔额", U"selbstbeteiligung selbstbehalt"}},
    {{U"shipping freight postage", U"运费 配送费", U"versandkosten versand porto fracht"}},
    {{U"budget", U"预算", U"budget haushalt"}},
    {{U"overtime", U"加班", U"überstunden mehrarbeit"}},
    // People.
    {{U"landlord lessor", U"出租方 出租人 房东 甲方", U"vermieter vermieterin"}},
    {{U"tenant lessee", U"承租方 承租人 租客 乙方", U"mieter mieterin"}},
    {{U"buyer customer client purchaser", U"买方 购买方 客户 需方 购方 甲方",
      U"käufer kunde kundin auftraggeber besteller rechnungsempfänger"}},
    {{U"seller vendor supplier contractor", U"卖方 销售方 供应商 供方 供货方 乙方",
      U"verkäufer lieferant auftragnehmer anbieter"}},
    {{U"employer", U"用人单位 雇主 甲方", U"arbeitgeber arbeitgeberin"}},
    {{U"employee worker", U"劳动者 员工 雇员 乙方", U"arbeitnehmer arbeitnehmerin mitarbeiter mitarbeiterin"}},
    {{U"contact", U"联系人 联络人", U"ansprechpartner ansprechpartnerin kontakt rückfragen fragen anschreiben"}},
    {{U"questions queries", U"咨询 疑问", U"fragen rückfragen"}},
    {{U"caretaker janitor", U"物业 管理员", U"hausmeister"}},
    {{U"chair chaired chairman chairperson", U"主持人 主持", U"leitung sitzungsleitung vorsitz leitete"}},
    {{U"minutes", U"纪要 记录", U"protokoll"}},
    {{U"present attended attendees participants", U"出席 参会 与会人员", U"anwesend teilnehmer teilgenommen anwesende"}},
    {{U"sender from", U"发件人 寄件人", U"absender"}},
    {{U"recipient addressee to", U"收件人 收货人", U"empfänger"}},
    {{U"doctor physician", U"医生", U"arzt ärztin"}},
    {{U"patient", U"患者 病人", U"patient patientin"}},
    {{U"teacher", U"老师 教师", U"lehrer lehrerin"}},
    {{U"manager boss supervisor", U"经理 主管 领导", U"leiter leiterin vorgesetzter vorgesetzte chef geschäftsführer"}},
    {{U"name named", U"姓名 名称 名字", U"name namens"}, true},
    {{U"born birth birthday", U"出生 出生日期 生日", U"geboren geburtsdatum geburtstag"}},
    {{U"sign signed signature", U"签字 签名 签订 签署", U"unterschrieben unterschrift unterzeichnet"}},
    {{U"witness", U"证人 见证人", U"zeuge zeugen"}},
    // Numbers and addresses.
    {{U"number", U"编号 号码 号", U"nummer nr"}, true},
    {{U"order purchase", U"订单 采购 订购", U"bestellung auftrag bestellnummer bestellt"}},
    {{U"contract agreement", U"合同 协议", U"vertrag vertrags vereinbarung"}},
    {{U"lease tenancy", U"租赁 租约 租期 合同", U"mietvertrag mietverhältnis mietzeit"}},
    {{U"phone telephone tel mobile", U"电话 手机 联系电话", U"telefon telefonnummer rufnummer handy"}},
    {{U"email mail", U"邮箱 电子邮件", U"email mail"}},
    {{U"address located", U"地址 住址 坐落 位于", U"adresse anschrift straße liegt"}},
    {{U"place venue location room held", U"地点 会议室", U"ort raum treffpunkt sitzungsort"}},
    {{U"website", U"网址 网站", U"webseite internet"}},
    {{U"meeting", U"会议", U"sitzung besprechung versammlung"}},
    {{U"reference", U"编号 文号", U"aktenzeichen zeichen referenz"}},
    // Things and acts.
    {{U"deliver delivery delivered shipped dispatch", U"交货 发货 交付 送货 运至",
      U"lieferung liefertermin geliefert liefern zustellung versandt"}},
    {{U"goods items article product", U"货物 商品 产品", U"ware waren artikel produkt"}},
    {{U"quantity units", U"数量", U"menge stück anzahl"}},
    {{U"inspect inspected inspection check", U"检验 验收 检查", U"prüfen prüfung untersuchung"}},
    {{U"warranty guarantee", U"保修 保修期 质保", U"gewährleistung garantie"}},
    {{U"repair repairs maintenance", U"维修 修理 修缮", U"reparatur reparaturen instandhaltung instandsetzung kleinreparaturen"}},
    {{U"damage defect", U"损坏 损失 缺陷", U"schaden mangel mängel"}},
    {{U"holiday leave vacation", U"年假 休假 假期", U"urlaub urlaubstage erholungsurlaub"}},
    {{U"ill illness sick sickness", U"生病 病假 患病", U"krank krankheit arbeitsunfähigkeit"}},
    {{U"work job employment employed", U"工作 劳动 岗位", U"arbeit arbeitsverhältnis tätigkeit beschäftigt stelle"}},
    {{U"secondary side", U"兼职", U"nebentätigkeit nebentätigkeiten"}},
    {{U"pets pet animals animal dog dogs", U"宠物 动物 饲养", U"haustier haustiere tiere hund tierhaltung"}},
    {{U"smoke smoking", U"吸烟 抽烟", U"rauchen rauchverbot"}},
    {{U"sublet subletting sublease", U"转租", U"untermiete untervermietung untervermieten"}},
    {{U"allowed permitted prohibited consent forbidden", U"不得 允许 禁止 同意",
      U"erlaubt gestattet zustimmung untersagt verboten"}},
    {{U"flat apartment premises property", U"房屋 住房 房子", U"wohnung mietsache mieträume"}},
    {{U"house building", U"房屋 楼", U"haus gebäude"}},
    {{U"size area floor square metres", U"面积 平方米", U"größe groß fläche wohnfläche quadratmeter"}},
    {{U"keys key", U"钥匙", U"schlüssel"}},
    {{U"court jurisdiction courts", U"法院 管辖", U"gericht gerichtsstand"}},
    {{U"law governed", U"法律 适用", U"recht"}},
    {{U"dispute disputes", U"争议 纠纷", U"streitigkeiten"}},
    {{U"confidential secrecy", U"保密", U"vertraulich geheimhaltung verschwiegenheit"}},
    {{U"objection appeal", U"异议 申诉", U"widerspruch einspruch"}},
    {{U"complaint complaints", U"投诉", U"beschwerde reklamation"}},
    {{U"registration register", U"登记 注册 报名", U"anmeldung registrierung anmelden"}},
    {{U"train", U"列车 火车 车次", U"zug"}},
    {{U"bus", U"公交 汽车", U"bus"}},
    {{U"flight", U"航班", U"flug"}},
    {{U"departure depart departs leave leaves", U"出发 发车 起飞", U"abfahrt abflug fährt"}},
    {{U"arrival arrive arrives", U"到达 抵达", U"ankunft"}},
    {{U"platform", U"站台", U"gleis bahnsteig"}},
    {{U"ticket", U"车票 门票", U"fahrkarte ticket karte"}},
    {{U"appointment", U"预约", U"termin"}},
    {{U"medicine dose tablets", U"药 剂量", U"medikament dosis tabletten"}},
    {{U"subject regarding", U"主题 事由", U"betreff"}},
    {{U"position title", U"职位 职务", U"position stellenbezeichnung"}},
    {{U"validity valid", U"有效 有效期", U"gültig gültigkeit"}},
    {{U"battery", U"电池", U"batterie akku"}},
    {{U"device appliance", U"设备 电器", U"gerät"}},
    {{U"water", U"水", U"wasser"}},
    {{U"heating", U"供暖 暖气", U"heizung"}},
    {{U"electricity power", U"电 电费", U"strom"}},
    {{U"parking", U"停车 车位", U"stellplatz parkplatz parken"}},
    {{U"vehicle car", U"车辆 汽车", U"fahrzeug auto"}},
    {{U"school class", U"学校 班级", U"schule klasse"}},
    {{U"grade mark result", U"成绩 分数", U"note ergebnis"}},
    {{U"decided decision resolution resolved", U"决定 决议", U"beschlossen beschluss"}},
};

const std::vector<View>& column(size_t row, Tongue tongue) {
  static const auto cut = [] {
    std::vector<std::array<std::vector<View>, 3>> all;
    for (const Row& one : rows) {
      auto& made = all.emplace_back();
      for (size_t t = 0; t < 3; ++t)
        for (View list = one.words[t]; !list.empty();) {
          const size_t end = std::min(list.find(U' '), list.size());
          made[t].push_back(list.substr(0, end));
          list.remove_prefix(std::min(end + 1, list.size()));
        }
    }
    return all;
  }();
  return cut[row][size_t(tongue)];
}

}  // namespace

ForeignWords words_in_tongue(View word, Tongue from, Tongue to) {
  Asked::Term term;
  term.text = std::u32string(word);
  term.german = from == Tongue::german;
  // Rows that hold the word itself before those that hold a part of it ("Mietvertrag": a lease, not the rent).
  std::array<double, std::size(rows)> quality{};
  double best = 0;
  for (size_t row = 0; row < std::size(rows); ++row) {
    for (const View one : column(row, from))
      quality[row] = std::max(quality[row], from == Tongue::chinese ? double(one == word) : one == word ? 2.0 : holds(one, term));
    best = std::max(best, quality[row]);
  }
  ForeignWords out;
  for (size_t row = 0; best > 0 && row < std::size(rows); ++row) {
    if (quality[row] != best) continue;
    out.measure = rows[row].measure && (out.words.empty() || out.measure);
    for (const View one : column(row, to))
      if (std::find(out.words.begin(), out.words.end(), one) == out.words.end()) out.words.push_back(one);
  }
  return out;
}

std::vector<View> known_chinese(View text) {
  std::vector<View> out;
  for (size_t i = 0; i < text.size();) {
    View longest;
    for (size_t row = 0; row < std::size(rows); ++row)
      for (const View one : column(row, Tongue::chinese))
        if (one.size() > longest.size() && text.substr(i).starts_with(one)) longest = one;
    if (!longest.empty()) out.push_back(longest);
    i += std::max<size_t>(1, longest.size());
  }
  return out;
}

Tongue tongue_of_paper(std::string_view text) {
  const Tongue tongue = tongue_of(text);
  if (tongue != Tongue::english) return tongue;
  size_t german = 0, english = 0;
  std::u32string word;
  for (const char32_t c : letters_of(text).text + U" ") {
    if (is_letter(c)) {
      word += c;
      continue;
    }
    if (word.size() > 2) {
      bool of_german = false, of_english = false;
      for (size_t row = 0; row < std::size(rows); ++row) {
        const auto in = [&](const std::vector<View>& list) { return std::find(list.begin(), list.end(), word) != list.end(); };
        of_german |= in(column(row, Tongue::german));
        of_english |= in(column(row, Tongue::english));
      }
      german += of_german && !of_english, english += of_english && !of_german;
    }
    word.clear();
  }
  return german > english ? Tongue::german : Tongue::english;
}

}  // namespace bifrons
