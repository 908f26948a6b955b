// fusion/extractor_fields.cpp - see extractor_fields.h.
#include "fusion/extractor_fields.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

constexpr Field fields[] = {
    {"total", ValueType::amount,
     "grand total|total amount due|total amount|amount due|amount payable|total due|balance due|invoice total|invoice "
     "amount|total price|total sum|total cost|"
     "total|how much must be paid|how much do i have to pay|how much do we have to pay|how much is due|how much is to be "
     "paid|how much do i owe|how much|"
     "总金额|应付总额|应付金额|总额|总计|合计|总价|价税合计|一共多少钱|一共多少|总共多少钱|总共多少|需要付多少钱|应付多少|多少钱",
     "grand total|total amount due|total due|amount due|balance due|total payable|amount payable|total to pay|total ttc|montant "
     "ttc|net \u00E0 payer|total a pagar|importe total|totale fattura|totale da pagare|total incl "
     "vat|total including vat|"
     "价税合计|应付总额|应付金额|应付总金额|实付金额/total amount|invoice total|total price|contract price|total sum|order "
     "total|合同总金额|总金额|合同总价|总价|"
     "合同金额|订单总额/total|totals|sum total|合计|总计|总额"},
    {"net", ValueType::amount, "net amount|net total|amount before tax|net sum|不含税金额|净额|税前金额",
     "net amount|net total|total net|net sum|net|amount before tax|total ht|montant ht|base "
     "imponible|imponibile|不含税金额|净额|税前金额/subtotal|sub total"},
    {"subtotal", ValueType::amount, "subtotal|sub total|小计", "subtotal|sub total|小计/net amount|net total|total net|net sum"},
    {"tax", ValueType::amount, "vat amount|tax amount|sales tax|vat|how much tax|gst|税额|增值税额|增值税|税款",
     "vat amount|tax amount|sales tax|vat|value added tax|tax|gst|tva|montant tva|total tva|iva|税额|增值税额|增值税|税款"},
    {"tax rate", ValueType::percent, "vat rate|tax rate|rate of vat|税率|增值税率",
     "vat rate|tax rate|vat|sales tax|tax|税率|增值税率|增值税"},
    {"deposit", ValueType::amount, "security deposit|deposit|押金", "security deposit|deposit|rental deposit|押金|租赁押金"},
    {"down payment", ValueType::amount, "down payment|advance payment|prepayment|预付款|预付金额",
     "down payment|advance payment|prepayment|预付款|预付金额"},
    {"earnest", ValueType::amount, "定金", "定金|已付定金"},
    {"guarantee", ValueType::amount, "保证金", "保证金|履约保证金"},
    {"discount", ValueType::amount, "discount|折扣|优惠金额|优惠", "discount|rebate|折扣|优惠金额|优惠"},
    {"shipping", ValueType::amount, "shipping cost|shipping costs|shipping fee|shipping|delivery charge|freight|运费|配送费",
     "shipping cost|shipping costs|shipping fee|shipping|shipping and handling|delivery charge|freight|postage|运费|配送费"},
    {"paid", ValueType::amount,
     "how much was paid|how much has been paid|how much was already paid|how much has already been paid|amount "
     "paid|已付金额|已付款|已支付金额",
     "amount paid|already paid|total paid|paid|payment received|payments received|amount received|deposit received|deposit "
     "paid|less deposit|已付金额|已付款|已支付金额"},
    {"cash", ValueType::amount, "cash paid|cash given|cash|现金|实收", "cash|cash paid|cash tendered|现金|实收"},
    {"change", ValueType::amount, "change given|change|找零", "change|change due|change given|找零"},
    {"salary", ValueType::amount, "monthly salary|gross salary|annual salary|salary|月薪|工资|年薪",
     "monthly salary|gross salary|annual salary|salary|gross monthly salary|月薪|工资|年薪|月工资/基本工资"},
    {"basic salary", ValueType::amount, "basic salary|base salary|基本工资|底薪", "basic salary|base salary|基本工资|底薪"},
    {"rent", ValueType::amount, "monthly rent|rent per month|rent|月租金|月租|租金",
     "monthly rent|rent|rent per month|basic rent|月租金|月租|租金|每月租金"},
    {"budget", ValueType::amount, "approved budget|budget|预算", "approved budget|budget|预算|批准预算"},
    {"invoice number", ValueType::code,
     "invoice number|invoice no|invoice id|number of the invoice|number of invoice|发票号码|发票编号|发票号",
     "invoice number|invoice no|invoice nr|invoice id|facture n|num\u00E9ro de facture|n de facture|factura n|n\u00FAmero de "
     "factura|fattura n|numero fattura|invoice #|invoice|inv no|bill no|bill number|tax invoice "
     "no|发票号码|发票编号|发票号|票据号码"},
    {"order number", ValueType::code,
     "purchase order number|order number|order no|purchase order|po number|订单编号|订单号码|订单号|采购单号",
     "purchase order number|order number|order no|order nr|order id|purchase order|purchase order no|po number|po no|po|your "
     "order|order ref|订单编号|订单号码|订单号|采购单号"},
    {"customer number", ValueType::code,
     "customer number|customer no|customer id|client number|account number of the customer|客户编号|客户号|客户号码",
     "customer number|customer no|customer id|client number|client no|client id|cust no|customer "
     "account|客户编号|客户号|客户号码"},
    {"contract number", ValueType::code,
     "contract number|contract no|agreement number|agreement no|contract id|合同编号|合同号码|合同号|协议编号",
     "contract number|contract no|contract ref|contract id|agreement number|agreement "
     "no|合同编号|合同号码|合同号|协议编号|协议号"},
    {"receipt number", ValueType::code, "receipt number|receipt no|收据编号|收据号码|收据号|小票号",
     "receipt number|receipt no|receipt #|收据编号|收据号|收据号码|小票号"},
    {"transaction number", ValueType::code, "transaction number|transaction no|transaction id|流水号|交易号",
     "transaction number|transaction no|transaction id|trans no|流水号|交易号|交易流水号"},
    {"reference", ValueType::code, "reference number|our reference|your reference|reference|参考编号",
     "reference number|reference no|our reference|our ref|ref no|reference|ref|参考编号"},
    {"file number", ValueType::code, "file number|档案编号|档案号", "file number|file no|档案编号|档案号"},
    {"case number", ValueType::code, "case number|案号", "case number|case no|案号"},
    {"paper number", ValueType::code, "文号", "文号|发文字号"},
    {"tracking number", ValueType::code, "tracking number|tracking code|shipment number|运单号|快递单号|物流单号",
     "tracking number|tracking no|tracking code|tracking id|shipment number|shipment no|运单号|快递单号|物流单号"},
    {"tax id", ValueType::code, "tax number|tax id|tax identification number|纳税人识别号|税号|统一社会信用代码",
     "tax number|tax no|tax id|tax identification number|tin|纳税人识别号|税号|统一社会信用代码"},
    {"vat id", ValueType::code, "vat id|vat number|vat registration number|vat no",
     "vat id|vat id no|vat number|vat no|vat reg no|vat registration number|vat registration no"},
    {"bic", ValueType::text, "bic|swift code|swift", "bic|swift|swift code|bic swift|swift bic"},
    {"account", ValueType::code, "account number|account no|银行账号|账号|银行账户|收款账号",
     "bank account number|bank account|account number|account no|a c no|银行账号|账号|银行账户|收款账号"},
    {"bank", ValueType::text, "which bank|name of the bank|bank name|开户银行|开户行", "bank name|bank|开户银行|开户行"},
    {"iban", ValueType::iban, "iban", "iban"},
    {"phone", ValueType::phone, "phone number|telephone number|telephone|phone|联系电话|电话号码|电话",
     "phone number|telephone number|telephone|phone|tel|phone no|联系电话|电话号码|电话/mobile|mobile number|mobile "
     "phone|cell|cell "
     "phone|手机号码|手机号|手机"},
    {"mobile", ValueType::phone,
     "mobile phone number|mobile telephone number|mobile number|mobile phone|mobile|cell phone number|cell phone|cell "
     "number|手机号码|手机号|手机|移动电话",
     "mobile|mobile number|mobile phone|mobile no|cell|cell phone|cell number|手机号码|手机号|手机|移动电话"},
    {"fax", ValueType::phone, "fax number|fax|传真号码|传真", "fax number|fax|fax no|传真号码|传真"},
    {"email", ValueType::email, "e-mail address|email address|e-mail|email|mail address|电子邮箱|电子邮件|邮箱地址|邮箱",
     "e-mail address|email address|e-mail|email|mail|电子邮箱|电子邮件|邮箱"},
    {"website", ValueType::url, "website|web site|web page|homepage|web address|url|网址|网站|官网",
     "website|web site|web|homepage|url|internet|网址|网站|官网"},
    {"invoice date", ValueType::date,
     "invoice date|date of the invoice|date of invoice|date of issue|issue date|when was the invoice issued|when was it "
     "issued|when was the invoice written|开票日期|发票日期|开具日期|什么时候开的",
     "invoice date|date de facture|date de la facture|date facture|fecha de factura|data fattura|date of invoice|date of "
     "issue|issue date|issued on|issued|date "
     "issued|开票日期|发票日期|开具日期/date|dated|日期"},
    {"due date", ValueType::date,
     "due date|payment deadline|payment due|deadline for payment|pay by|when is payment due|when is the payment due|when is it "
     "due|when must it be paid|when do i have to pay|"
     "when is the invoice due|when must the invoice be paid|by when "
     "must|due|付款截止日期|付款期限|付款到期日|最迟付款日|什么时候付款|何时付款",
     "due date|\u00E9ch\u00E9ance|date d \u00E9ch\u00E9ance|date \u00E9ch\u00E9ance|vencimiento|fecha de "
     "vencimiento|scadenza|payment due date|payment due|payment deadline|pay by|please pay by|payable by|payment due by|due "
     "by|due "
     "on|due|date due|付款截止日期|付款期限|付款到期日|最迟付款日|付款截止日"},
    {"payment date", ValueType::date,
     "payment date|date of payment|date of the payment|date paid|when was it paid|when was the invoice paid|when was the bill "
     "paid|付款日期|支付日期|付款时间|支付时间",
     "payment date|date of payment|date paid|paid on|付款日期|支付日期|付款时间|支付时间"},
    {"closing date", ValueType::date, "截止日期|截止时间", "截止日期|截止时间|报名截止日期|付款截止日期"},
    {"delivery date", ValueType::date,
     "delivery date|date of delivery|when will the goods be delivered|when were the goods delivered|when "
     "is delivery|交货日期|交付日期|送货日期",
     "delivery date|date of delivery|delivered on|delivery|交货日期|交付日期|送货日期"},
    {"shipping date", ValueType::date, "shipping date|ship date|shipment date|date of shipment|dispatch date|发货日期|发货时间",
     "shipping date|ship date|shipment date|shipped on|date of shipment|dispatch date|dispatched on|发货日期|发货时间"},
    {"start date", ValueType::date,
     "start date|commencement date|when does the contract start|when does it start|when does the lease start|date "
     "of commencement|开始日期|起始日期",
     "start date|commencement date|start of contract|starts on|commencement|lease "
     "start|开始日期|起始日期/effective date|effective from|valid from|起租日期"},
    {"effective date", ValueType::date, "effective date|生效日期|生效时间", "effective date|effective from|生效日期|生效时间"},
    {"first day of rent", ValueType::date, "起租日期|起租日", "起租日期|起租日"},
    {"first day of work", ValueType::date, "入职日期|入职时间", "入职日期|入职时间"},
    {"end date", ValueType::date,
     "end date|expiry date|expiration date|when does the contract end|when does it end|when does the lease "
     "end|when does it expire|valid until|终止日期|结束日期|到期日期|到期日|有效期至|届满日期",
     "end date|expiry date|expiration date|ends on|end of contract|valid until|expires on|lease "
     "end|终止日期|结束日期|到期日期|到期日|有效期至|届满日期"},
    {"termination date", ValueType::date, "termination date", "termination date|terminated on"},
    {"signing date", ValueType::date,
     "signing date|date of signature|when was the contract signed|when was it signed|contract date|date of the contract|date of "
     "contract|签订日期|签署日期|签约日期|合同日期",
     "signing date|date of signature|signed on|date signed|contract date|date of agreement|date of "
     "contract|签订日期|签署日期|签约日期|合同日期"},
    {"order date", ValueType::date,
     "order date|date of the order|date of order|when was the order placed|下单日期|订单日期|订购日期",
     "order date|date of order|ordered on|po date|下单日期|订单日期|订购日期"},
    {"meeting date", ValueType::date,
     "date of the meeting|meeting date|when was the meeting|when is the meeting|when did the meeting take "
     "place|会议日期|开会日期|会议什么时候|会议时间",
     "meeting date|date of meeting|date and time/date|会议日期|开会日期|会议时间/日期|时间"},
    {"next meeting", ValueType::date, "next meeting|下次会议|下次会议时间|下次会议日期",
     "next meeting|date of next meeting|next meeting date|下次会议|下次会议时间|下次会议日期"},
    {"date", ValueType::date,
     "what is the date|which date|date of the letter|date of the receipt|date of the notice|date of the document|document "
     "date|what date|when was the letter written|日期|哪天的|落款日期",
     "date|dated|letter date|日期|落款日期"},
    {"birth", ValueType::date, "date of birth|birth date|birthday|when was the employee born|出生日期|生日",
     "date of birth|birth date|born|born on|dob|出生日期|生日"},
    {"time", ValueType::time, "what time|at what time|start time|starting time|几点|什么时间|开始时间",
     "time|start time|start|begins at|starts at|begin|time of day|几点|开始时间|时间"},
    {"customer", ValueType::text,
     "who is the customer|customer name|name of the customer|customer|buyer|client|purchaser|who is billed|bill to|billed "
     "to|客户名称|客户|购买方|买方|购货方",
     "customer|customer name|client|client name|buyer|purchaser|bill to|billed to|invoice to|sold to|name of "
     "customer|客户名称|客户|购买方|买方|购货方|购买方名称|需方"},
    {"supplier", ValueType::text,
     "who is the supplier|supplier name|name of the supplier|supplier|seller|vendor|who issued the "
     "invoice|供应商名称|供应商|销售方|卖方|供货方",
     "supplier|supplier name|seller|vendor|vendor name|sold by|name of supplier|issued "
     "by|供应商名称|供应商|销售方|卖方|供货方|销售方名称|供方"},
    {"party a", ValueType::text, "甲方|party a|first party", "甲方|party a|first party"},
    {"party b", ValueType::text, "乙方|party b|second party", "乙方|party b|second party"},
    {"landlord", ValueType::text, "landlord|lessor|出租方|出租人|房东", "landlord|lessor|出租方|出租人|房东"},
    {"secretary", ValueType::text, "secretary", "secretary"},
    {"tenant", ValueType::text, "tenant|lessee|承租方|承租人|租客", "tenant|lessee|承租方|承租人|租客"},
    {"employer", ValueType::text, "employer|用人单位|雇主", "employer|用人单位|雇主"},
    {"employee", ValueType::text, "employee name|name of the employee|employee|雇员|员工姓名|劳动者",
     "employee|employee name|name of employee|雇员|员工姓名|劳动者"},
    {"contact", ValueType::text,
     "contact person|contact name|who is the contact|whom should i contact|who to contact|contact|联系人",
     "contact person|contact name|contact|your contact|联系人|联络人"},
    {"chair", ValueType::text, "who chaired|chairperson|chairman|chair|who led the meeting|主持人|会议主持|谁主持",
     "chairperson|chairman|chairwoman|chair|chaired by|presiding|主持人|会议主持|主持"},
    {"minutes", ValueType::text,
     "who took the minutes|minutes taken by|minute taker|who wrote the minutes|记录人|会议记录人|谁记录",
     "minutes taken by|minutes by|minute taker|minutes|secretary|recorded by|note taker|记录人|会议记录|记录"},
    {"place", ValueType::text,
     "venue|location|where was the meeting held|where was the meeting|where is the meeting|where does the meeting take "
     "place|place of the meeting|meeting "
     "place|meeting room|会议地点|地点|在哪里开会|在哪儿开会",
     "venue|location|place|meeting room|room|会议地点|地点"},
    {"attendees", ValueType::text,
     "who attended|attendees|participants|who was present|present|出席人员|参会人员|与会人员|谁参加",
     "attendees|participants|present|in attendance|attended by|出席人员|参会人员|与会人员|出席|参会人"},
    {"address", ValueType::text,
     "what is the address|delivery address|billing address|postal address|address|地址|送货地址|收货地址|住址",
     "address|postal address|street address|地址|住址/delivery address|billing address|ship to|shipping "
     "address|送货地址|收货地址"},
    {"payment method", ValueType::text,
     "payment method|method of payment|how was it paid|means of payment|paid by|付款方式|支付方式",
     "payment method|method of payment|paid by|means of payment|payment by|payment type|付款方式|支付方式"},
    {"payment terms", ValueType::text, "payment terms|terms of payment|付款条件|付款条款|结算方式",
     "payment terms|terms of payment|terms|付款条件|付款条款|结算方式"},
    {"cashier", ValueType::text, "cashier|who served|served by|收银员", "cashier|served by|operator|clerk|收银员"},
    {"subject", ValueType::text, "subject line|subject of the letter|subject|what is the letter about|主题|事由|标题",
     "subject|re|regarding|concerning|主题|事由|关于"},
    {"position", ValueType::text, "job title|position|role of the employee|职位|岗位|职务",
     "job title|position|role|职位|岗位|职务"},
    {"currency", ValueType::text, "which currency|currency|币种|货币", "currency|币种|货币"},
    // German.
    {"gesamtbetrag", ValueType::amount,
     "gesamtbetrag|rechnungsbetrag|endbetrag|zahlbetrag|gesamtsumme|rechnungssumme|gesamtpreis|bruttobetrag|zu zahlender betrag|"
     "gesamt|summe|wie viel muss ich zahlen|wieviel muss ich zahlen|wie viel ist zu zahlen|wie viel müssen wir zahlen|wie viel "
     "muss bezahlt werden|wie viel schulde ich",
     "gesamtbetrag|rechnungsbetrag|endbetrag|zahlbetrag|zu zahlen|zu zahlender betrag|zahlbar|gesamtbetrag brutto|bruttobetrag|"
     "gesamt brutto|summe brutto|gesamtbetrag inkl mwst|gesamtbetrag inkl ust|offener betrag|gesamtsumme|endsumme/"
     "rechnungssumme|gesamtpreis|auftragssumme/gesamt|summe|total"},
    {"nettobetrag", ValueType::amount, "nettobetrag|netto|nettosumme",
     "nettobetrag|netto|summe netto|gesamt netto|nettosumme|gesamtbetrag netto/zwischensumme"},
    {"zwischensumme", ValueType::amount, "zwischensumme", "zwischensumme/nettobetrag|netto|summe netto|nettosumme"},
    {"umsatzsteuer", ValueType::amount, "mehrwertsteuer|umsatzsteuer|mwst|ust|steuerbetrag",
     "mehrwertsteuer|umsatzsteuer|mwst|ust|zzgl mwst|zzgl ust|zzgl umsatzsteuer|zzgl mehrwertsteuer|steuerbetrag"},
    {"steuersatz", ValueType::percent, "steuersatz|mehrwertsteuersatz|umsatzsteuersatz|mwst satz",
     "steuersatz|mehrwertsteuersatz|umsatzsteuersatz|mwst satz|mehrwertsteuer|umsatzsteuer|mwst|ust"},
    {"kaution", ValueType::amount, "kaution|mietkaution|mietsicherheit", "kaution|mietkaution|mietsicherheit"},
    {"anzahlung", ValueType::amount, "anzahlung|vorauszahlung", "anzahlung|geleistete anzahlung"},
    {"rabatt", ValueType::amount, "rabatt|nachlass", "rabatt|nachlass|abzüglich rabatt"},
    {"versandkosten", ValueType::amount, "versandkosten|lieferkosten|porto|fracht",
     "versandkosten|lieferkosten|porto|fracht|versand|porto und verpackung"},
    {"bezahlt", ValueType::amount, "wie viel wurde bezahlt|wie viel wurde schon bezahlt|bereits bezahlt",
     "bereits bezahlt|bezahlt|erhalten|anzahlung erhalten|zahlung erhalten"},
    {"bar", ValueType::amount, "wie viel wurde bar bezahlt|bar gegeben|bargeld", "bar|gegeben|bar gegeben|barzahlung"},
    {"rückgeld", ValueType::amount, "rückgeld|wechselgeld", "rückgeld|wechselgeld|zurück"},
    {"gehalt", ValueType::amount, "bruttogehalt|monatsgehalt|jahresgehalt|gehalt|bruttolohn|lohn",
     "bruttogehalt|monatsgehalt|jahresgehalt|gehalt|bruttolohn|lohn|monatliches bruttogehalt|bruttomonatsgehalt"},
    {"miete", ValueType::amount, "monatsmiete|kaltmiete|nettokaltmiete|miete",
     "monatsmiete|kaltmiete|nettokaltmiete|miete|monatliche miete"},
    {"warmmiete", ValueType::amount, "warmmiete|gesamtmiete|bruttomiete", "warmmiete|gesamtmiete|bruttomiete"},
    {"nebenkosten", ValueType::amount, "nebenkosten|betriebskosten|nebenkostenvorauszahlung",
     "nebenkosten|betriebskosten|nebenkostenvorauszahlung|betriebskostenvorauszahlung|vorauszahlung nebenkosten"},
    {"rechnungsnummer", ValueType::code, "rechnungsnummer|rechnungs nr|rechnungsnr|nummer der rechnung",
     "rechnungsnummer|rechnungs nr|rechnungsnr|rechnung nr|rechnung nummer|rechnung|re nr|beleg nr|belegnummer"},
    {"bestellnummer", ValueType::code, "bestellnummer|auftragsnummer|auftrags nr|bestell nr",
     "bestellnummer|bestell nr|bestellnr|bestellung nr|auftragsnummer|auftrags nr|auftragsnr|auftrag nr|ihre "
     "bestellung|bestellung"},
    {"kundennummer", ValueType::code, "kundennummer|kunden nr|kundennr", "kundennummer|kunden nr|kundennr|kd nr|kunde nr"},
    {"vertragsnummer", ValueType::code, "vertragsnummer|vertrags nr|nummer des vertrags",
     "vertragsnummer|vertrags nr|vertragsnr|vertrag nr|versicherungsschein nr|policennummer"},
    {"belegnummer", ValueType::code, "belegnummer|bonnummer|quittungsnummer|beleg nr|bon nr",
     "belegnummer|bonnummer|quittungsnummer|quittung nr|beleg nr|bon nr|bon"},
    {"aktenzeichen", ValueType::code, "aktenzeichen|geschäftszeichen", "aktenzeichen|az|geschäftszeichen"},
    {"referenz", ValueType::code, "unser zeichen|referenznummer|referenz", "unser zeichen|referenznummer|referenz"},
    {"schadennummer", ValueType::code, "schadennummer", "schadennummer|schaden nr"},
    {"vorgangsnummer", ValueType::code, "vorgangsnummer", "vorgangsnummer|vorgangs nr"},
    {"lieferscheinnummer", ValueType::code, "lieferscheinnummer|lieferschein nr|nummer des lieferscheins",
     "lieferscheinnummer|lieferschein nr|lieferschein"},
    {"sendungsnummer", ValueType::code, "sendungsnummer|paketnummer|trackingnummer",
     "sendungsnummer|sendungs nr|paketnummer|trackingnummer"},
    {"steuernummer", ValueType::code, "steuernummer|steuer nr", "steuernummer|steuer nr|st nr"},
    {"ust idnr", ValueType::code, "ust idnr|ust id nr|ust id|umsatzsteuer id|umsatzsteuer identifikationsnummer",
     "ust idnr|ust id nr|ust id|umsatzsteuer id|umsatzsteuer identifikationsnummer"},
    {"kontonummer", ValueType::code, "kontonummer", "kontonummer|konto nr|konto"},
    {"bankname", ValueType::text, "welche bank|welcher bank|name der bank|kreditinstitut", "bank|kreditinstitut|bankinstitut"},
    {"telefon", ValueType::phone, "telefonnummer|telefon|rufnummer",
     "telefonnummer|telefon|tel|tel nr|rufnummer|fon/handy|mobil|handynummer|mobilnummer|mobiltelefon"},
    {"mobil", ValueType::phone, "handynummer|mobilnummer|mobiltelefon|handy|mobil",
     "handy|mobil|handynummer|mobilnummer|mobiltelefon"},
    {"fax de", ValueType::phone, "faxnummer|telefax", "faxnummer|telefax|fax"},
    {"email de", ValueType::email, "e-mail-adresse|e-mail adresse|emailadresse|mailadresse", "e mail|email|e mail adresse|mail"},
    {"webseite", ValueType::url, "webseite|internetadresse|internetseite", "webseite|internet|web|homepage|internetseite"},
    {"rechnungsdatum", ValueType::date,
     "rechnungsdatum|datum der rechnung|ausstellungsdatum|wann wurde die rechnung ausgestellt|wann wurde sie ausgestellt|wann "
     "wurde "
     "die rechnung geschrieben",
     "rechnungsdatum|datum der rechnung|ausstellungsdatum|ausgestellt am/datum"},
    {"zahlungsdatum", ValueType::date, "zahlungsdatum|datum der zahlung|wann wurde bezahlt|wann wurde die rechnung bezahlt",
     "zahlungsdatum|bezahlt am|gezahlt am|datum der zahlung"},
    {"fälligkeit", ValueType::date,
     "fälligkeitsdatum|fälligkeit|zahlungsfrist|zahlungsziel|fällig|bis wann muss ich zahlen|bis wann ist zu zahlen|bis wann "
     "müssen "
     "wir zahlen|bis wann muss die rechnung bezahlt werden|wann muss ich zahlen|zahlbar",
     "fälligkeitsdatum|fälligkeit|fällig am|fällig bis|fällig|zahlbar bis|zahlbar bis zum|zahlungsziel|zahlungsfrist|zu zahlen "
     "bis|bitte zahlen bis|zahlung bis|zahlungstermin"},
    {"lieferdatum", ValueType::date, "lieferdatum|liefertermin|wann wird geliefert|wann wurde geliefert",
     "lieferdatum|liefertermin|geliefert am|lieferung am|liefer und leistungsdatum|liefer leistungsdatum"},
    {"leistungsdatum", ValueType::date, "leistungsdatum", "leistungsdatum|liefer und leistungsdatum|liefer leistungsdatum"},
    {"versanddatum", ValueType::date, "versanddatum", "versanddatum|versandt am|versendet am"},
    {"vertragsbeginn", ValueType::date,
     "vertragsbeginn|mietbeginn|beginn des mietverhältnisses|wann beginnt der vertrag|wann beginnt "
     "das "
     "mietverhältnis|wann beginnt der mietvertrag|versicherungsbeginn",
     "vertragsbeginn|mietbeginn|beginn|beginn des mietverhältnisses|gültig ab|versicherungsbeginn|beginnt "
     "am"},
    {"arbeitsbeginn", ValueType::date, "arbeitsbeginn|eintrittsdatum|beginn des arbeitsverhältnisses",
     "arbeitsbeginn|eintrittsdatum|beginn des arbeitsverhältnisses/vertragsbeginn|beginn"},
    {"vertragsende", ValueType::date,
     "vertragsende|mietende|ende des mietverhältnisses|ablaufdatum|wann endet der vertrag|wann endet das mietverhältnis|wann "
     "endet "
     "der mietvertrag|wann läuft der vertrag ab|gültig bis|versicherungsende",
     "vertragsende|mietende|ende des mietverhältnisses|ablaufdatum|gültig bis|befristet bis|endet am|läuft "
     "bis|versicherungsende"},
    {"unterschriftsdatum", ValueType::date,
     "vertragsdatum|datum des vertrags|wann wurde der vertrag unterschrieben|wann wurde der vertrag unterzeichnet",
     "vertragsdatum|unterschrieben am|unterzeichnet am|abgeschlossen am"},
    {"bestelldatum", ValueType::date, "bestelldatum|auftragsdatum|wann wurde bestellt", "bestelldatum|auftragsdatum|bestellt am"},
    {"sitzungsdatum", ValueType::date,
     "datum der sitzung|wann war die sitzung|wann fand die sitzung statt|sitzungstermin|datum der besprechung|datum der "
     "versammlung|wann war die versammlung|wann fand die versammlung statt",
     "datum der sitzung|sitzungstermin|termin|sitzungsdatum/datum"},
    {"nächste sitzung", ValueType::date,
     "nächste sitzung|nächsten sitzung|nächster termin|nächste besprechung|nächstes treffen|nächste versammlung|nächsten "
     "versammlung",
     "nächste sitzung|nächster termin|nächste besprechung|nächstes treffen|nächste versammlung|termin der nächsten sitzung"},
    {"datum", ValueType::date, "datum|welches datum|datum des schreibens|datum des briefes|wann wurde der brief geschrieben",
     "datum|datum des schreibens"},
    {"geburtsdatum", ValueType::date, "geburtsdatum|geburtstag|wann geboren|wann wurde der mitarbeiter geboren",
     "geburtsdatum|geboren am|geb am|geburtstag"},
    {"uhrzeit", ValueType::time,
     "uhrzeit|um wie viel uhr|um wieviel uhr|wie viel uhr|wann begann die sitzung|wann beginnt die sitzung|wann begann die "
     "versammlung|wann beginnt die versammlung",
     "uhrzeit|zeit|beginn|beginn um"},
    {"kündigungsfrist", ValueType::text, "kündigungsfrist", "kündigungsfrist|frist zur kündigung"},
    {"probezeit", ValueType::text, "probezeit", "probezeit"},
    {"kunde", ValueType::text, "wer ist der kunde|kunde|auftraggeber|käufer|rechnungsempfänger|name des kunden",
     "kunde|auftraggeber|käufer|rechnungsempfänger|rechnung an|kundin|name des kunden"},
    {"lieferant", ValueType::text, "lieferant|verkäufer|auftragnehmer|wer hat die rechnung ausgestellt|rechnungssteller",
     "lieferant|verkäufer|auftragnehmer|aussteller|rechnungssteller"},
    {"vermieter", ValueType::text, "vermieter|vermieterin", "vermieter|vermieterin"},
    {"mieter", ValueType::text, "mieter|mieterin", "mieter|mieterin"},
    {"arbeitgeber", ValueType::text, "arbeitgeber|arbeitgeberin", "arbeitgeber|arbeitgeberin"},
    {"arbeitnehmer", ValueType::text, "arbeitnehmer|arbeitnehmerin|name des mitarbeiters",
     "arbeitnehmer|arbeitnehmerin|mitarbeiter|mitarbeiterin"},
    {"ansprechpartner", ValueType::text,
     "ansprechpartner|ansprechpartnerin|kontaktperson|wen kann ich fragen|sachbearbeiter|sachbearbeiterin",
     "ansprechpartner|ansprechpartnerin|kontakt|kontaktperson|ihr ansprechpartner|ihre "
     "ansprechpartnerin|sachbearbeiter|sachbearbeiterin|bearbeiter|"
     "bearbeiterin"},
    {"sitzungsleitung", ValueType::text,
     "sitzungsleitung|wer leitete die sitzung|wer hat die sitzung geleitet|wer leitete die versammlung|wer hat die versammlung "
     "geleitet|vorsitz|vorsitzende|vorsitzender|moderation",
     "sitzungsleitung|leitung|vorsitz|moderation|vorsitzende|vorsitzender"},
    {"protokollführung", ValueType::text,
     "protokollführung|protokollführer|protokollführerin|wer führte protokoll|wer führte das protokoll|wer hat das protokoll "
     "geführt|wer hat protokoll geführt",
     "protokollführung|protokollführer|protokollführerin|protokoll|protokollantin|protokollant|schriftführer|schriftführerin"},
    {"ort", ValueType::text,
     "sitzungsort|veranstaltungsort|treffpunkt|wo fand die sitzung statt|wo findet die sitzung statt|wo war die sitzung|wo fand "
     "die versammlung statt|wo war die versammlung",
     "ort|sitzungsort|veranstaltungsort|raum|tagungsort|treffpunkt"},
    {"teilnehmer", ValueType::text, "teilnehmer|teilnehmende|anwesende|wer war anwesend|wer nahm teil|wer hat teilgenommen",
     "teilnehmer|teilnehmende|anwesend|anwesende|teilnehmer innen"},
    {"anschrift", ValueType::text, "anschrift|postanschrift|lieferadresse|rechnungsadresse|adresse",
     "anschrift|adresse|postanschrift/lieferadresse|lieferanschrift|rechnungsadresse|rechnungsanschrift"},
    {"zahlungsart", ValueType::text, "zahlungsart|zahlungsweise|zahlungsmethode|wie wurde bezahlt",
     "zahlungsart|zahlungsweise|zahlungsmethode|bezahlt mit|zahlung per"},
    {"zahlungsbedingungen", ValueType::text, "zahlungsbedingungen|zahlungsbedingung", "zahlungsbedingungen|zahlungsbedingung"},
    {"kassierer", ValueType::text, "kassierer|kassiererin|wer hat kassiert|wer hat bedient|wer bediente",
     "kassierer|kassiererin|bediener|bedienung|es bediente sie|sie bediente"},
    {"betreff", ValueType::text, "betreff|worum geht es|betreffzeile", "betreff|betr"},
    {"position de", ValueType::text, "stellenbezeichnung|berufsbezeichnung|funktion",
     "stellenbezeichnung|berufsbezeichnung|funktion|tätigkeit|stelle"},
    {"währung", ValueType::text, "währung|welche währung", "währung"},
};

// The same in English (and Chinese) and in German.
constexpr std::pair<std::string_view, std::string_view> same_fields[] = {{"total", "gesamtbetrag"},
                                                                         {"net", "nettobetrag"},
                                                                         {"tax", "umsatzsteuer"},
                                                                         {"tax rate", "steuersatz"},
                                                                         {"deposit", "kaution"},
                                                                         {"down payment", "anzahlung"},
                                                                         {"subtotal", "zwischensumme"},
                                                                         {"discount", "rabatt"},
                                                                         {"shipping", "versandkosten"},
                                                                         {"paid", "bezahlt"},
                                                                         {"salary", "gehalt"},
                                                                         {"rent", "miete"},
                                                                         {"invoice number", "rechnungsnummer"},
                                                                         {"order number", "bestellnummer"},
                                                                         {"customer number", "kundennummer"},
                                                                         {"contract number", "vertragsnummer"},
                                                                         {"receipt number", "belegnummer"},
                                                                         {"reference", "referenz"},
                                                                         {"file number", "aktenzeichen"},
                                                                         {"tracking number", "sendungsnummer"},
                                                                         {"tax id", "steuernummer"},
                                                                         {"vat id", "ust idnr"},
                                                                         {"account", "kontonummer"},
                                                                         {"bank", "bankname"},
                                                                         {"phone", "telefon"},
                                                                         {"mobile", "mobil"},
                                                                         {"fax", "fax de"},
                                                                         {"email", "email de"},
                                                                         {"website", "webseite"},
                                                                         {"invoice date", "rechnungsdatum"},
                                                                         {"due date", "fälligkeit"},
                                                                         {"payment date", "zahlungsdatum"},
                                                                         {"delivery date", "lieferdatum"},
                                                                         {"shipping date", "versanddatum"},
                                                                         {"start date", "vertragsbeginn"},
                                                                         {"end date", "vertragsende"},
                                                                         {"signing date", "unterschriftsdatum"},
                                                                         {"order date", "bestelldatum"},
                                                                         {"meeting date", "sitzungsdatum"},
                                                                         {"next meeting", "nächste sitzung"},
                                                                         {"date", "datum"},
                                                                         {"birth", "geburtsdatum"},
                                                                         {"time", "uhrzeit"},
                                                                         {"customer", "kunde"},
                                                                         {"supplier", "lieferant"},
                                                                         {"landlord", "vermieter"},
                                                                         {"tenant", "mieter"},
                                                                         {"employer", "arbeitgeber"},
                                                                         {"employee", "arbeitnehmer"},
                                                                         {"contact", "ansprechpartner"},
                                                                         {"chair", "sitzungsleitung"},
                                                                         {"minutes", "protokollführung"},
                                                                         {"place", "ort"},
                                                                         {"attendees", "teilnehmer"},
                                                                         {"address", "anschrift"},
                                                                         {"payment method", "zahlungsart"},
                                                                         {"payment terms", "zahlungsbedingungen"},
                                                                         {"cashier", "kassierer"},
                                                                         {"subject", "betreff"},
                                                                         {"position", "position de"},
                                                                         {"currency", "währung"}};

constexpr std::u32string_view generic_words[] = {
    U"invoice",     U"contract",   U"agreement", U"document", U"letter",     U"receipt",     U"order",          U"bill",
    U"notice",      U"minutes",    U"meeting",   U"lease",    U"paper",      U"file",        U"please",         U"tell",
    U"give",        U"find",       U"know",      U"want",     U"exactly",    U"written",     U"stated",         U"listed",
    U"named",       U"called",     U"name",      U"pdf",      U"page",       U"scan",        U"need",           U"paid",
    U"pay",         U"payment",    U"here",      U"exact",    U"value",      U"state",       U"read",           U"see",
    U"full",        U"get",        U"out",       U"now",      U"is",         U"whole",       U"currently",      U"show",
    U"look",        U"up",         U"much",      U"many",     U"take",       U"took",        U"place",          U"someone",
    U"can",         U"rechnung",   U"vertrag",   U"vertrags", U"vertrages",  U"mietvertrag", U"arbeitsvertrag", U"brief",
    U"schreiben",   U"schreibens", U"beleg",     U"quittung", U"bestellung", U"auftrag",     U"protokoll",      U"sitzung",
    U"versammlung", U"hoch",       U"heißt",     U"heisst",   U"zahlen",     U"bezahlt",     U"bezahlen",       U"name",
    U"insgesamt",   U"genaue",     U"genauen",   U"lautet",   U"nennen",     U"monatliche",  U"monatlich",      U"monat",
    U"lange",       U"datei"};
constexpr std::u32string_view generic_signs =
    U"的是了在请问这那份张本该为多少什么谁哪几吗呢啊吧里上中？。，、一个有要应被由于日号天元何时和下我们您你他它们次共需付钱款叫"
    U"做名字位";
constexpr std::u32string_view generic_chinese_words[] = {U"合同", U"发票", U"文件", U"文档", U"收据", U"订单", U"通知", U"会议",
                                                         U"纪要", U"协议", U"小票", U"信件", U"单据", U"告诉", U"哪里", U"哪儿",
                                                         U"哪家", U"时候", U"请",   U"写",   U"金额", U"支付", U"公司", U"名称",
                                                         U"号码", U"内容", U"上面", U"租约", U"公告"};

}  // namespace

std::span<const Field> extractor_fields() { return fields; }
const Field* field_in_other_tongue(const Field& field) {
  std::string_view wanted;
  for (const auto& [one, other] : same_fields)
    if (field.name == one || field.name == other) wanted = field.name == one ? other : one;
  const auto at = std::find_if(std::begin(fields), std::end(fields), [&](const Field& f) { return f.name == wanted; });
  return at == std::end(fields) ? nullptr : &*at;
}
bool is_field_label(std::u32string_view text) {
  static const auto labels = [] {
    std::set<std::u32string, std::less<>> all;
    for (const Field& field : fields)
      for (std::string_view list = field.labels; !list.empty();) {
        const size_t end = std::min(list.find_first_of("|/"), list.size());
        all.insert(code_points(list.substr(0, end)));
        list.remove_prefix(std::min(end + 1, list.size()));
      }
    return all;
  }();
  return labels.contains(text);
}
bool is_generic(std::u32string_view word) {
  return std::find(std::begin(generic_words), std::end(generic_words), word) != std::end(generic_words);
}
std::u32string_view generic_ideographs() { return generic_signs; }
std::span<const std::u32string_view> generic_chinese() { return generic_chinese_words; }

}  // namespace bifrons
