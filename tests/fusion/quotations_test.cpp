// tests/fusion/quotations_test.cpp - which passage comes first when no text model answers: questions over business papers, each
// with words of the line that answers it. The ranking was tuned on some of the papers and not on those held out; all are gated,
// and the shares are printed.
#include "fusion/quotations.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusion/document_answer.h"
#include "made_document.h"

namespace bifrons {
namespace {

struct Question {
  const char* text;
  const char* line;  // words of the line that answers
};
struct Paper {
  const char* name;
  const char* text;
  std::vector<Question> questions;
};

// ---- papers that the ranking was tuned on

const Paper tuned[] = {{"lease",
                        "LEASE AGREEMENT\n"
                        "\n"
                        "This lease agreement is made between Larkfield Estates Ltd., 4 Quay Street, Bristol, hereinafter\n"
                        "called the landlord, and Petra Lindqvist, hereinafter called the tenant.\n"
                        "\n"
                        "1. The premises\n"
                        "\n"
                        "The landlord lets to the tenant the workshop in the rear building of 18 Tanner's Yard, Bristol BS2,\n"
                        "with a floor area of 140 square metres. The lease includes two parking spaces in the yard.\n"
                        "The tenant may use the workshop for joinery only. Any other use needs the landlord's consent.\n"
                        "\n"
                        "2. Term\n"
                        "\n"
                        "The lease begins on 1 April 2024. It runs for three years and expires on 31 March 2027.\n"
                        "If neither party objects, the lease is prolonged by one year at a time.\n"
                        "Either party may terminate the agreement by giving six months' notice in writing.\n"
                        "\n"
                        "3. Rent and charges\n"
                        "\n"
                        "The monthly rent is 2,350.00 EUR and is due on the third working day of each month.\n"
                        "Charges for water and heating come to 310.00 EUR a month and are settled once a year.\n"
                        "If the rent is paid late, interest of 5 % a year is charged from the day it was due.\n"
                        "The lease deposit amounts to 7,050.00 EUR and is paid before the keys are handed over.\f"
                        "4. Repairs\n"
                        "\n"
                        "The tenant carries out small repairs at the tenant's own expense, up to 150.00 EUR a case.\n"
                        "The landlord keeps the roof, the outer walls and the heating in good order.\n"
                        "Damage must be reported to the caretaker without delay. The caretaker is Edmund Hale.\n"
                        "\n"
                        "5. End of the lease\n"
                        "\n"
                        "At the end of the lease the tenant returns the workshop swept and with all keys.\n"
                        "Fixtures that the tenant has put in must be removed when the lease ends, unless agreed otherwise.\n"
                        "The deposit is repaid within two months after the return of the workshop.\n"
                        "\n"
                        "6. Final provisions\n"
                        "\n"
                        "Pets are not allowed on the premises. Subletting is prohibited without written consent.\n"
                        "Disputes about this lease are brought before the county court of Bristol.",
                        {{"When does the lease end?", "expires on 31 March 2027"},
                         {"When does the lease start?", "begins on 1 April 2024"},
                         {"How much is the rent per month?", "2,350.00"},
                         {"How big is the deposit?", "7,050.00"},
                         {"When is the deposit paid back?", "repaid within two months"},
                         {"Who is the caretaker?", "Edmund Hale"},
                         {"Where is the workshop?", "18 Tanner's Yard"},
                         {"How long is the notice period?", "six months' notice"},
                         {"Are dogs or other pets allowed?", "Pets are not allowed"},
                         {"What interest is charged for late payment?", "interest of 5 %"},
                         {"Which court decides disputes?", "county court"}}},
                       {"invoice",
                        "Northwind Tools GmbH\n"
                        "Hafenstrasse 12, 20457 Hamburg\n"
                        "\n"
                        "INVOICE\n"
                        "\n"
                        "Invoice number: INV-2024-0173          Invoice date: 3 March 2024\n"
                        "Customer number: 55120                 Your order: PO-8841\n"
                        "\n"
                        "Bill to:\n"
                        "Harbour Foods Ltd\n"
                        "9 Mill Lane, Exeter EX1\n"
                        "\n"
                        "Description              Qty    Unit price        Amount\n"
                        "Bench vice                 2         84.50        169.00\n"
                        "Band saw blade            10          7.20         72.00\n"
                        "Safety goggles             6          4.90         29.40\n"
                        "\n"
                        "Net amount                                        270.40\n"
                        "VAT 19 %                                           51.38\n"
                        "Amount payable in EUR                             321.78\n"
                        "\n"
                        "Please transfer the amount to our account within 30 days of receipt of this invoice.\n"
                        "If you pay within 10 days you may deduct a cash discount of 2 %.\n"
                        "The goods were shipped on 28 February 2024 by rail and remain our property until paid in full.\n"
                        "Complaints must be made in writing within eight days of delivery.\n"
                        "Questions about this invoice are answered by Ms Carla Ferrari, telephone 040 555 0199.",
                        {{"What does the bench vice cost?", "Bench vice"},
                         {"How much do we have to pay in total?", "321.78"},
                         {"By when must we pay?", "within 30 days"},
                         {"When were the goods dispatched?", "28 February 2024"},
                         {"Who can be asked about the invoice?", "Carla Ferrari"},
                         {"How much discount is there for paying early?", "cash discount of 2 %"},
                         {"Until when can we complain?", "within eight days"}}},
                       {"letter",
                        "St. Anne's Hospital\n"
                        "Department of Orthopaedics\n"
                        "\n"
                        "17 September 2023\n"
                        "\n"
                        "Dear Mr Novak,\n"
                        "\n"
                        "thank you for your letter of 4 September. We are glad that your knee is getting better since the\n"
                        "operation in June. Your next appointment is on Tuesday, 10 October at 9:15 a.m.\n"
                        "\n"
                        "Please come to the outpatient clinic on the second floor of the east wing and bring your X-ray\n"
                        "pictures of last year with you. Doctor Mei Tanaka will examine you. The visit takes about forty\n"
                        "minutes.\n"
                        "\n"
                        "You should not eat or drink for six hours before the examination, because a blood sample will be\n"
                        "taken. Your usual medicine for blood pressure may be taken with a little water.\n"
                        "\n"
                        "If you cannot come, please call our secretary, Mrs Holloway, at least two days before. Missed\n"
                        "appointments are charged with 35.00 EUR.\n"
                        "\n"
                        "Yours sincerely,\n"
                        "Omar Haddad, head of department",
                        {{"When is the next appointment?", "10 October"},
                         {"Where does the patient have to go?", "second floor"},
                         {"Who will do the examination?", "Mei Tanaka"},
                         {"How long does the visit take?", "about forty"},
                         {"Why must he not eat before the examination?", "because a blood sample"},
                         {"What does a missed appointment cost?", "35.00"},
                         {"Who signed the letter?", "Omar Haddad"}}},
                       {"minutes",
                        "Minutes of the meeting of the allotment society\n"
                        "\n"
                        "Date: 14 May 2024, 19:00 to 20:45\n"
                        "Place: community hall, Station Road\n"
                        "Present: J. Abbott (chair), L. Ferrari, P. Novak, S. Okafor (minutes)\n"
                        "Apologies: M. Lindqvist\n"
                        "\n"
                        "1. Report of the treasurer\n"
                        "\n"
                        "P. Novak reported that the balance stands at 4,812.60 EUR. Income from fees was 3,200.00 EUR.\n"
                        "The yearly fee stays at 80.00 EUR for each plot.\n"
                        "\n"
                        "2. Water supply\n"
                        "\n"
                        "The pump at the northern well failed in April. Two offers were obtained for a new pump.\n"
                        "It was decided to buy the pump of Silverline at a price of 1,140.00 EUR. L. Ferrari orders it.\n"
                        "Until it is installed, water is drawn from the southern well only.\n"
                        "\n"
                        "3. Summer party\n"
                        "\n"
                        "The summer party takes place on 13 July on the meadow beside the old orchard.\n"
                        "S. Okafor looks after music, J. Abbott borrows tables from the fire brigade.\n"
                        "\n"
                        "4. Any other business\n"
                        "\n"
                        "Plot 17 has become free. There are five people on the waiting list.\n"
                        "Bonfires are forbidden from May to September.\n"
                        "The next meeting will be held on 11 June at the same place.",
                        {{"How much money does the society have?", "4,812.60"},
                         {"What does the new pump cost?", "1,140.00"},
                         {"Who buys the pump?", "L. Ferrari orders it"},
                         {"When is the summer party?", "13 July"},
                         {"Who takes care of the music?", "looks after music"},
                         {"Where did the meeting take place?", "community hall"},
                         {"When is the next meeting?", "11 June"},
                         {"How many people are waiting for a plot?", "five people"},
                         {"Who was absent?", "Apologies"}}},
                       {"receipt",
                        "GREEN GROCER\n"
                        "5 Market Street, Norwich\n"
                        "Tel. 01603 555 017\n"
                        "\n"
                        "Date 12/06/2024      Time 17:42\n"
                        "Receipt 004817       Till 2\n"
                        "\n"
                        "Apples 1.2 kg              3.48\n"
                        "Brown bread                2.10\n"
                        "Goat cheese                5.95\n"
                        "Olive oil 0.5 l            8.20\n"
                        "Bag                        0.15\n"
                        "\n"
                        "TOTAL                     19.88\n"
                        "Cash                      20.00\n"
                        "Change                     0.12\n"
                        "\n"
                        "You were served by Lucia.\n"
                        "Goods can be exchanged within 14 days with this receipt.\n"
                        "We are open from Monday to Saturday, 8:00 to 19:00.",
                        {{"How much was the goat cheese?", "5.95"},
                         {"What was the total price?", "19.88"},
                         {"At what time was it bought?", "17:42"},
                         {"Who served the customer?", "served by Lucia"},
                         {"How long can things be returned?", "within 14 days"},
                         {"When is the shop open?", "open from Monday"}}},
                       {"租赁合同",
                        "房屋租赁合同\n"
                        "\n"
                        "出租方（甲方）：北京远航物业管理有限公司\n"
                        "承租方（乙方）：张伟\n"
                        "\n"
                        "第一条 房屋情况\n"
                        "\n"
                        "甲方将位于北京市海淀区中关村南路18号院3号楼502室的房屋出租给乙方居住使用。\n"
                        "房屋建筑面积为86平方米，配有空调、冰箱和洗衣机。\n"
                        "\n"
                        "第二条 租赁期限\n"
                        "\n"
                        "租期为两年，自2024年3月1日起至2026年2月28日止。\n"
                        "租赁期满，乙方需要续租的，应当提前一个月书面通知甲方。\n"
                        "\n"
                        "第三条 租金及押金\n"
                        "\n"
                        "每月租金为人民币6500元，乙方应于每月5日前支付。\n"
                        "押金为人民币13000元，合同终止并结清费用后七日内退还。\n"
                        "水费、电费和物业费由乙方承担，供暖费由甲方承担。\n"
                        "\n"
                        "第四条 违约责任\n"
                        "\n"
                        "乙方逾期支付租金的，每逾期一日按月租金的千分之三支付违约金。\n"
                        "未经甲方书面同意，乙方不得转租房屋，不得饲养宠物。\n"
                        "因履行本合同发生争议的，由海淀区人民法院管辖。",
                        {{"租约什么时候到期？", "2026年2月28日"},
                         {"房子在哪里？", "中关村南路18号"},
                         {"每个月的租金是多少？", "6500元"},
                         {"押金什么时候退还？", "七日内退还"},
                         {"供暖费由谁承担？", "供暖费由甲方"},
                         {"可以养宠物吗？", "饲养宠物"}}}};

// Held out at first: seen once, with 77 % first and 81 % among the best three, and then tuned on as well.
const Paper tuned_later[] = {
    {"services agreement",
     "CONSULTING AGREEMENT\n"
     "\n"
     "between Ironbridge Logistics Inc., Dover, Delaware (the client), and Jane Holloway, trading as\n"
     "Holloway Data, 22 Church Row, York (the consultant).\n"
     "\n"
     "Scope of work\n"
     "\n"
     "The consultant designs and builds a warehouse dashboard and trains the client's staff in its use.\n"
     "The work is done at the client's warehouse in Leeds and remotely.\n"
     "The client names Peter Osei as the person in charge who accepts the work.\n"
     "\n"
     "Fees\n"
     "\n"
     "The consultant receives a fixed fee of USD 48,000 for the whole project, in three instalments.\n"
     "Extra work is billed at USD 95 per hour. Travel expenses are refunded against receipts.\n"
     "Invoices are payable within 21 days. The fee for training is contained in the fixed fee.\n"
     "\n"
     "Time schedule\n"
     "\n"
     "Work commences on 8 January 2025. The dashboard is delivered by 30 May 2025 at the latest.\n"
     "The agreement terminates on 31 July 2025 without any notice being required.\n"
     "For each week of delay the client may reduce the fee by one percent, ten percent at most.\f"
     "Rights and secrecy\n"
     "\n"
     "All rights in the results pass to the client once the fee has been paid in full.\n"
     "The consultant keeps the client's business secrets confidential for five years after the project.\n"
     "\n"
     "Liability and warranty\n"
     "\n"
     "The consultant is liable up to the amount of the fixed fee. Defects are mended free of charge for\n"
     "twelve months after acceptance. The consultant holds a liability insurance of USD 1,000,000.\n"
     "\n"
     "General\n"
     "\n"
     "This agreement is governed by the law of England. Changes must be made in writing.\n"
     "The consultant may not hire subcontractors unless the client has approved them.",
     {{"When does the work begin?", "commences on 8 January 2025"},
      {"When does the contract expire?", "terminates on 31 July 2025"},
      {"By when must the dashboard be finished?", "by 30 May 2025"},
      {"How much is the consultant paid?", "USD 48,000"},
      {"What is the hourly rate for additional work?", "USD 95"},
      {"Who accepts the work?", "Peter Osei"},
      {"Where is the work carried out?", "warehouse in Leeds"},
      {"How long must secrets be kept?", "for five years"},
      {"Which law applies?", "law of England"},
      {"How long is the warranty?", "twelve months after acceptance"},
      {"May subcontractors be used?", "may not hire subcontractors"}}},
    {"repair bill",
     "Bluestone Garage\n"
     "Unit 6, Canal Park, Cardiff CF10\n"
     "\n"
     "Repair bill no. 20931\n"
     "Date of bill: 22 August 2023\n"
     "Vehicle: Skoda Octavia, registration KX19 TRE, mileage 84,310 km\n"
     "Owner: Mrs Amina Rahman\n"
     "\n"
     "Parts                          Quantity       Price\n"
     "Brake pads front                      1       64.80\n"
     "Brake discs front                     2      118.00\n"
     "Engine oil 5W-30                    4.5       40.50\n"
     "\n"
     "Labour 2.5 hours at 58.00                    145.00\n"
     "Subtotal                                     368.30\n"
     "VAT 20 %                                      73.66\n"
     "To be paid                                   441.96\n"
     "\n"
     "The car was brought in on 18 August and collected on 21 August.\n"
     "The work was carried out by our mechanic Rhys Evans.\n"
     "Our guarantee on parts and labour lasts 24 months or 30,000 km.\n"
     "The rear tyres are worn and should be replaced before the winter.\n"
     "The next inspection is due in March 2024.\n"
     "Payment by card or bank transfer until 5 September 2023; we cannot take cheques.",
     {{"How much do the brake discs cost?", "118.00"},
      {"What is the final amount?", "441.96"},
      {"Who repaired the car?", "Rhys Evans"},
      {"When was the car picked up?", "collected on 21 August"},
      {"How long does the guarantee last?", "24 months"},
      {"What should be replaced soon?", "rear tyres"},
      {"When must the next inspection be done?", "March 2024"},
      {"What is the deadline for payment?", "until 5 September"}}},
    {"claim letter",
     "Harbour Mutual Insurance\n"
     "Claims department, 1 Castle Square, Swansea\n"
     "\n"
     "Our reference: HM-77-20418\n"
     "2 February 2024\n"
     "\n"
     "Dear Ms Okafor,\n"
     "\n"
     "you told us on 22 January of damage by water in your kitchen. According to the report of our\n"
     "expert, Mr David Lowe, the hose of the dishwasher had burst during the night of 20 January.\n"
     "\n"
     "We accept the claim. The floor and two cupboards will be replaced by the firm Lakeside Interiors.\n"
     "The repair is estimated at 3,480.00 GBP. Your own share under the policy is 250.00 GBP.\n"
     "\n"
     "The damage to the carpet in the hall cannot be covered, since it was there before the accident.\n"
     "Please keep the burst hose, for we may want to claim from the maker of the machine.\n"
     "\n"
     "If you disagree with this decision, you may object within one month. Objections are sent to the\n"
     "ombudsman in Cardiff.\n"
     "\n"
     "The money will be transferred as soon as we receive the signed form. It should reach us by\n"
     "1 March 2024.\n"
     "\n"
     "Kind regards,\n"
     "Helen Price, claims manager",
     {{"When did the accident happen?", "night of 20 January"},
      {"Who inspected the damage?", "David Lowe"},
      {"How much will the repair cost?", "3,480.00"},
      {"How much does the customer have to pay herself?", "own share under the policy"},
      {"Why is the carpet not covered?", "since it was there before"},
      {"How long is the time for an objection?", "within one month"},
      {"Who carries out the repair?", "Lakeside Interiors"},
      {"Where are objections sent?", "ombudsman in Cardiff"}}},
    {"employment contract",
     "CONTRACT OF EMPLOYMENT\n"
     "\n"
     "Silverline Paper Ltd employs Mr Tomas Berg as a machine operator from 1 October 2022.\n"
     "His place of work is the mill in Aberdeen. He reports to the shift leader, Fiona Grant.\n"
     "\n"
     "The first three months are a trial period in which either side may give two weeks' notice.\n"
     "After that the period of notice is three months to the end of a quarter.\n"
     "\n"
     "The gross salary is 2,840.00 GBP a month, payable on the last working day of the month.\n"
     "For night shifts a supplement of 25 percent is paid. Overtime is made up for by free time.\n"
     "The weekly working time is 38 hours, spread over five days.\n"
     "\n"
     "The employee is entitled to 28 days of holiday a year. Holiday must be requested from the shift\n"
     "leader four weeks ahead.\n"
     "In case of illness the employer must be told on the first day; a doctor's certificate is needed\n"
     "from the fourth day on. Sick pay is continued for six weeks.\n"
     "\n"
     "The company provides protective clothing and pays 60.00 GBP towards a travel card each month.\n"
     "A second job must be approved by the employer. Company secrets must be kept also after leaving.",
     {{"How much does the employee earn?", "2,840.00"},
      {"When does the employment begin?", "from 1 October 2022"},
      {"How many days of vacation are there?", "28 days of holiday"},
      {"How long is the probation period?", "first three months"},
      {"Where does he work?", "mill in Aberdeen"},
      {"Who is his boss?", "Fiona Grant"},
      {"How many hours are worked per week?", "38 hours"},
      {"When is a doctor's certificate required?", "from the fourth day"}}},
    {"会议纪要",
     "项目进度会议纪要\n"
     "\n"
     "会议时间：2024年4月18日上午九点半\n"
     "会议地点：总部大楼六层第二会议室\n"
     "主持人：李秀英\n"
     "出席人员：王芳、陈建国、赵敏、刘洋\n"
     "\n"
     "一、进度汇报\n"
     "\n"
     "王芳汇报了新仓库的施工进度，目前主体工程已完成百分之七十。\n"
     "受三月份连续降雨影响，屋顶工程推迟了两周。\n"
     "预计整个工程于2024年8月底竣工。\n"
     "\n"
     "二、预算\n"
     "\n"
     "项目总预算为480万元，目前已支出312万元。\n"
     "会议同意追加消防设备费用26万元。\n"
     "\n"
     "三、人员安排\n"
     "\n"
     "陈建国负责采购货架，五月十日前提交三家供应商的报价。\n"
     "赵敏负责培训新员工，培训地点设在苏州分公司。\n"
     "\n"
     "四、其他\n"
     "\n"
     "施工现场禁止吸烟，违者罚款二百元。\n"
     "下次会议定于5月16日召开。",
     {{"工程什么时候完工？", "2024年8月底"},
      {"谁负责采购货架？", "陈建国负责采购"},
      {"总预算是多少？", "480万元"},
      {"培训在哪里举行？", "苏州分公司"},
      {"屋顶工程为什么推迟？", "连续降雨影响"},
      {"下次会议什么时候开？", "5月16日"},
      {"抽烟罚多少钱？", "罚款二百元"}}},
    {"收据与账单",
     "上海明德文化有限公司\n"
     "培训费用收据\n"
     "\n"
     "收据编号：MD20240611\n"
     "今收到：广州恒信贸易有限公司\n"
     "\n"
     "课程名称            人数      单价        金额\n"
     "项目管理基础          4       1200        4800\n"
     "商务英语写作          2        950        1900\n"
     "教材费                6         80         480\n"
     "\n"
     "合计人民币：7180元整\n"
     "付款方式：银行转账\n"
     "\n"
     "课程将于2024年7月8日开始，为期五天，每天上午九点上课。\n"
     "上课地点为上海市徐汇区漕溪北路88号圣爱大厦12层。\n"
     "授课老师为周明华教授。\n"
     "如需退费，请在开课前三天提出申请，逾期不予退款。\n"
     "咨询请联系陈小姐，电话021-5555-0123。",
     {{"一共付了多少钱？", "7180元"},
      {"课程什么时候开始？", "2024年7月8日"},
      {"在什么地方上课？", "漕溪北路88号"},
      {"老师是谁？", "周明华"},
      {"最晚什么时候可以申请退费？", "开课前三天"},
      {"课程持续多长时间？", "为期五天"}}}};

// ---- papers held out: they may only be run, never tuned on; where they are, a new set takes their place. The first run had 96 %
// first and 100 % among the best three.

const Paper held_out[] = {{"car hire",
                           "VEHICLE RENTAL AGREEMENT\n"
                           "\n"
                           "Rental company: Coastline Cars Ltd, Terminal 2, Manchester Airport\n"
                           "Driver: Lucia Marchetti, born 7 June 1988, licence MARCH806078L99\n"
                           "\n"
                           "Vehicle and hire period\n"
                           "\n"
                           "The hirer receives a Ford Focus, registration MJ23 KLO, with a full tank.\n"
                           "The hire starts on Friday, 5 July 2024 at 10:30 and ends on Monday, 15 July 2024 at 18:00.\n"
                           "The car is handed back at the branch in Liverpool, Dock Road 41.\n"
                           "A late return costs 45.00 GBP for each day that has begun.\n"
                           "\n"
                           "Price\n"
                           "\n"
                           "The daily rate is 38.50 GBP and includes 250 miles per day. Each further mile costs 0.18 GBP.\n"
                           "A deposit of 300.00 GBP is blocked on the hirer's credit card and released within seven days.\n"
                           "If the tank is not full at the return, fuel is charged together with a service fee of 20.00 GBP.\n"
                           "\n"
                           "Insurance\n"
                           "\n"
                           "In case of an accident the hirer pays the first 900.00 GBP of the damage.\n"
                           "Tyres and windows are not insured. Every accident must be reported to the police at once.\n"
                           "Additional drivers must be at least 23 years old and be entered in this agreement.\n"
                           "The car may not be taken to Northern Ireland. Smoking in the car is forbidden.\n"
                           "\n"
                           "Questions are answered by the branch manager, Gareth Pugh, phone 0161 555 0144.",
                           {{"When does the hire end?", "ends on Monday, 15 July"},
                            {"Where is the car handed back?", "Dock Road 41"},
                            {"What is the daily rate?", "38.50"},
                            {"How much does a late return cost?", "45.00"},
                            {"How much is the deposit?", "300.00"},
                            {"How old must additional drivers be?", "at least 23 years"},
                            {"What does each further mile cost?", "0.18"},
                            {"Is smoking allowed in the car?", "Smoking in the car"},
                            {"Who is the branch manager?", "Gareth Pugh"}}},
                          {"electricity bill",
                           "Valley Power\n"
                           "PO Box 118, Shrewsbury\n"
                           "\n"
                           "ELECTRICITY BILL\n"
                           "\n"
                           "Customer: Mr Ivan Petrov                Account: 7740 1182\n"
                           "Billing period: 1 January to 31 March 2024\n"
                           "Meter reading on 31 March: 48,213 kWh\n"
                           "\n"
                           "Consumption                 812 kWh\n"
                           "Energy at 0.27 per kWh                    219.24\n"
                           "Standing charge 91 days at 0.48            43.68\n"
                           "VAT 5 %                                    13.15\n"
                           "Amount due                                276.07\n"
                           "\n"
                           "The amount will be taken from your bank account on 22 April 2024 by direct debit.\n"
                           "Your consumption was 9 percent lower than in the same quarter of last year.\n"
                           "From 1 July the price per kWh rises to 0.29 because network charges have gone up.\n"
                           "The next meter reading will be done by our technician in the last week of June.\n"
                           "You can change your tariff at any time with one month's notice.\n"
                           "In an emergency call our hotline 0800 555 0110, day and night.",
                           {{"When will the money be taken from the account?", "22 April 2024"},
                            {"What is the consumption?", "812 kWh"},
                            {"How much is the standing charge?", "43.68"},
                            {"Why does the price rise?", "because network charges"},
                            {"When is the next meter reading?", "last week of June"},
                            {"How long is the notice for changing the tariff?", "one month's notice"},
                            {"What is the amount due?", "276.07"},
                            {"Which number is called in an emergency?", "hotline 0800"}}},
                          {"school letter",
                           "Hillside Primary School\n"
                           "3 Orchard Way, Kendal\n"
                           "\n"
                           "Kendal, 6 March 2024\n"
                           "\n"
                           "Dear parents,\n"
                           "\n"
                           "class 4b is going on a trip to the Museum of Science in Leeds on Thursday, 21 March. The coach\n"
                           "leaves from the car park behind the gym at 8:15 and will be back at about five o'clock.\n"
                           "\n"
                           "The trip costs 14.50 GBP for each child. Please give the money in an envelope to Mrs Whitaker by\n"
                           "15 March. Families who cannot afford it may ask the school office for help.\n"
                           "\n"
                           "The children need a packed lunch, something to drink and a rain jacket. Mobile phones and sweets\n"
                           "stay at home. Two mothers are needed who come along; please tell Mr Oakley if you have time.\n"
                           "\n"
                           "Children who are ill on that day must be reported to the school office before 7:45. The money\n"
                           "for the coach cannot be returned in this case.\n"
                           "\n"
                           "With best wishes,\n"
                           "Ruth Whitaker, class teacher",
                           {{"When is the trip?", "21 March"},
                            {"Where does the trip go?", "Museum of Science"},
                            {"Where does the coach leave?", "behind the gym"},
                            {"What does the trip cost?", "14.50"},
                            {"Who gets the money?", "Mrs Whitaker"},
                            {"What do the children need?", "packed lunch"},
                            {"Who should be told by mothers who come along?", "Mr Oakley"},
                            {"When do the children come back?", "five o'clock"}}},
                          {"board minutes",
                           "Tannery Housing Cooperative\n"
                           "Minutes of the board meeting of 9 September 2024\n"
                           "\n"
                           "Attendance: R. Castell (chair), D. Nyman, H. Bose, K. Adeyemi (secretary)\n"
                           "The meeting was opened at 18:30 in the common room.\n"
                           "\n"
                           "Roof repair\n"
                           "\n"
                           "D. Nyman presented three tenders. The board awarded the contract to Stonebridge Roofing for\n"
                           "62,400 EUR. Work on the roof will start in the week of 7 October and take about six weeks.\n"
                           "Scaffolding is put up on the street side first.\n"
                           "\n"
                           "Finances\n"
                           "\n"
                           "The reserve fund holds 188,250 EUR after the half-year payment. Four members are behind with\n"
                           "their contributions; H. Bose writes to them. The contribution rises by 3 % from January.\n"
                           "\n"
                           "House rules\n"
                           "\n"
                           "Bicycles must not be left in the stairwell. Quiet hours are from 22:00 to 7:00.\n"
                           "A motion to permit barbecues on balconies was rejected by three votes to one.\n"
                           "\n"
                           "Laundry\n"
                           "\n"
                           "The old washing machine in the cellar is beyond repair. K. Adeyemi obtains a price for a new one.\n"
                           "\n"
                           "The annual general meeting is fixed for 23 November in the parish hall.\n"
                           "The meeting closed at 20:10.",
                           {{"Who got the contract for the roof?", "Stonebridge Roofing"},
                            {"When does the work on the roof start?", "week of 7 October"},
                            {"How much is in the reserve fund?", "188,250"},
                            {"By how much does the contribution rise?", "rises by 3 %"},
                            {"When are the quiet hours?", "22:00 to 7:00"},
                            {"When is the annual general meeting?", "23 November"},
                            {"Who obtains a price for the washing machine?", "K. Adeyemi obtains"},
                            {"How many members are behind with their contributions?", "Four members"},
                            {"Where must bicycles not be left?", "stairwell"}}},
                          {"hotel receipt",
                           "HOTEL MERIDIAN\n"
                           "Promenade 77, Brighton\n"
                           "\n"
                           "Guest: Ms Hanna Weiss          Room: 412\n"
                           "Arrival: 3 May 2024            Departure: 6 May 2024\n"
                           "\n"
                           "3 nights at 129.00                 387.00\n"
                           "Breakfast 3 x 16.50                 49.50\n"
                           "Parking                             36.00\n"
                           "Minibar                             11.80\n"
                           "City tax                             9.00\n"
                           "\n"
                           "Total GBP                          493.30\n"
                           "Paid by credit card ending in 4471\n"
                           "\n"
                           "Breakfast is served from 7:00 to 10:30 in the garden room.\n"
                           "Lost property is kept at the reception for three months.\n"
                           "Your receptionist was Tariq.",
                           {{"What did the breakfast cost?", "49.50"},
                            {"How much was paid for parking?", "36.00"},
                            {"When was the departure?", "Departure"},
                            {"What is the total?", "493.30"},
                            {"Where is breakfast served?", "garden room"},
                            {"How long is lost property kept?", "three months"},
                            {"Who was the receptionist?", "Tariq"}}},
                          {"劳动合同",
                           "劳动合同书\n"
                           "\n"
                           "用人单位：深圳天成物流有限公司\n"
                           "劳动者：林小雨\n"
                           "\n"
                           "一、合同期限\n"
                           "\n"
                           "本合同期限为三年，自2023年9月1日起至2026年8月31日止，其中试用期为三个月。\n"
                           "\n"
                           "二、工作内容和地点\n"
                           "\n"
                           "劳动者担任仓库主管，工作地点为深圳市宝安区福永物流园。\n"
                           "劳动者的直接上级为运营总监黄志强。\n"
                           "\n"
                           "三、工作时间和休假\n"
                           "\n"
                           "每周工作五天，每天工作八小时，周末加班按工资的两倍计算。\n"
                           "劳动者每年享受带薪年假十天，休假应提前两周申请。\n"
                           "\n"
                           "四、劳动报酬\n"
                           "\n"
                           "月工资为人民币9800元，于每月10日发放。\n"
                           "试用期工资按百分之八十发放。公司每月另付交通补贴600元。\n"
                           "\n"
                           "五、其他\n"
                           "\n"
                           "任何一方解除合同，应提前三十日书面通知对方。\n"
                           "劳动者离职后两年内不得泄露商业秘密。",
                           {{"合同什么时候终止？", "2026年8月31日"},
                            {"试用期多长时间？", "试用期为三个月"},
                            {"工作地点在哪里？", "宝安区福永"},
                            {"每月工资是多少？", "9800元"},
                            {"每年有几天年假？", "年假十天"},
                            {"交通补贴是多少？", "补贴600元"},
                            {"解除合同要提前多少天通知？", "提前三十日"},
                            {"直接上级是谁？", "黄志强"}}}};

// Questions about the papers held out again, but by people who have not read them: hardly a word of the question stands in the
// answer.
struct Paraphrases {
  size_t paper;
  std::vector<Question> questions;
};
const Paraphrases in_other_words[] = {{0,
                                       {{"Until when may I keep the car?", "ends on Monday, 15 July"},
                                        {"What happens if I bring it back too late?", "45.00"},
                                        {"How much of the damage do I have to bear myself?", "first 900.00"},
                                        {"Which countries can I not drive to?", "Northern Ireland"},
                                        {"How much is the security payment?", "300.00"}}},
                                      {1,
                                       {{"When will I be charged?", "22 April 2024"},
                                        {"How much power was used?", "812 kWh"},
                                        {"Did we use less than a year ago?", "9 percent lower"},
                                        {"What is the final sum?", "276.07"}}},
                                      {2,
                                       {{"At what time does the bus depart?", "leaves from the car park"},
                                        {"How expensive is the excursion?", "14.50"},
                                        {"What should pupils bring?", "packed lunch"},
                                        {"Are phones permitted?", "Mobile phones and sweets"}}},
                                      {3,
                                       {{"Which company will fix the roof?", "Stonebridge Roofing"},
                                        {"How long will the roofers work?", "six weeks"},
                                        {"How much savings are there?", "188,250"},
                                        {"When did the meeting start?", "opened at 18:30"},
                                        {"Who chaired the meeting?", "(chair)"}}},
                                      {4,
                                       {{"When did the guest leave?", "Departure"},
                                        {"How was it paid?", "Paid by credit card"},
                                        {"At what time can one have breakfast?", "7:00 to 10:30"}}},
                                      {5,
                                       {{"这份工作一个月能拿多少钱？", "9800元"},
                                        {"在哪儿上班？", "宝安区福永"},
                                        {"领导是谁？", "黄志强"},
                                        {"加班费怎么算？", "两倍计算"}}}};

struct Score {
  int questions = 0, first = 0, best_three = 0;
};

// The words are quoted; a short answer quotes less than its line.
bool answers(const Citation& citation, const Document& document, std::string_view words) {
  if (citation.quote.find(words) != std::string::npos) return true;
  if (citation.statement.empty()) return false;
  for (const Page& page : document.pages)
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines)
        if (line.text.find(words) != std::string::npos &&
            std::find(citation.lines.begin(), citation.lines.end(), line.id) != citation.lines.end())
          return true;
  return false;
}
bool stands_in(const Document& document, std::string_view words) {
  for (const Page& page : document.pages)
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines)
        if (line.text.find(words) != std::string::npos) return true;
  return false;
}

Score score(std::span<const Paper> papers, const char* what) {
  Score score;
  for (const Paper& paper : papers) {
    const Document document = made_document(paper.text, paper.name);
    const auto source = source_of(document);
    DocumentAnswerer answerer({source.get()}, nullptr);
    for (const Question& question : paper.questions) {
      EXPECT_TRUE(stands_in(document, question.line)) << paper.name << ": " << question.line;
      const DocumentAnswer got = answerer.ask(question.text);
      EXPECT_LE(got.citations.size(), 3u);
      const auto right = std::find_if(got.citations.begin(), got.citations.end(),
                                      [&](const Citation& c) { return answers(c, document, question.line); });
      const auto place = right == got.citations.end() ? 0 : right - got.citations.begin() + 1;
      ++score.questions;
      score.first += place == 1;
      score.best_three += place > 0;
      if (place != 1)
        std::printf("  %s: %s place %d; first: \"%s\"\n", paper.name, question.text, int(place),
                    got.citations.empty() ? "" : got.citations.front().quote.c_str());
    }
  }
  std::printf("%s: %d questions, right passage first %.1f %%, among the best three %.1f %%\n", what, score.questions,
              100.0 * score.first / score.questions, 100.0 * score.best_three / score.questions);
  return score;
}
void expect_good(const Score& got) {
  EXPECT_GE(got.questions, 40);
  EXPECT_GE(got.first, got.questions * 0.8);
  EXPECT_GE(got.best_three, got.questions * 0.95);
}

TEST(Quotations, RightPassageFirstOnTunedPapers) {
  expect_good(score(tuned, "tuned papers"));
  expect_good(score(tuned_later, "papers tuned later"));
}
TEST(Quotations, RightPassageFirstOnPapersHeldOut) { expect_good(score(held_out, "papers held out")); }

TEST(Quotations, RightPassageInOtherWords) {
  std::vector<Paper> papers;
  for (const Paraphrases& of : in_other_words) papers.push_back({held_out[of.paper].name, held_out[of.paper].text, of.questions});
  const Score got = score(papers, "papers held out, in other words");
  EXPECT_GE(got.best_three, got.questions * 0.3) << "lists of near words are no understanding; this only must not get worse";
}

TEST(Quotations, TheLeaseEndsWhereItExpires) {
  const Document document = made_document(tuned[0].text, "lease.pdf");
  const auto source = source_of(document);
  const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask("When does the lease end?");
  ASSERT_FALSE(got.citations.empty());
  EXPECT_EQ(got.citations[0].quote, "It runs for three years and expires on 31 March 2027.") << "a sentence, not its line";
}

TEST(Quotations, InOtherWordsFarIntoALongDocument) {
  std::string text;
  for (int page = 1; page <= 90; ++page) {
    if (page > 1) text += '\f';
    for (int line = 0; line < 12; ++line)
      text += "Clause " + std::to_string(page * 100 + line) + " of the lease speaks of tools, doors and windows only.\n";
    if (page == 71) text += "\nThe tenancy expires on 31 March 2027.\n";
  }
  const Document document = made_document(text, "long.pdf");
  const auto source = source_of(document);
  const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask("When does the lease end?");
  ASSERT_FALSE(got.citations.empty());
  EXPECT_EQ(got.citations[0].quote, "The tenancy expires on 31 March 2027.");
  EXPECT_EQ(got.citations[0].page, 71);
}

std::string first(const char* text, const char* question, double confidence = -1) {
  const Document document = made_document(text, "paper.pdf", confidence);
  const auto source = source_of(document);
  const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask(question);
  return got.citations.empty() ? std::string() : got.citations[0].quote;
}
TEST(Quotations, WhatShowsItselfOrIsDefinedIsFound) {
  EXPECT_THAT(first("Ilaria Marchetti\n\nVia Carducci 31, Milano\n+39 02 5550 1893", "What is the phone number?"),
              testing::HasSubstr("+39 02 5550 1893"));
  const char* agreement =
      "AGREEMENT\n\nThis agreement is made between Oakfern Data Services B.V., Utrecht (the \"Sup-\n"
      "plier\"), and Marlowe Logistics plc, Hull (the \"Customer\").\n\n"
      "2.1 The Supplier performs the services with care.\n2.2 The Supplier performs the services with care.\n"
      "2.3 The Customer pays the Supplier once a month.\n2.4 The Customer keeps the papers of the Supplier.";
  EXPECT_THAT(first(agreement, "Who is the customer?"), testing::HasSubstr("Marlowe Logistics plc"));
  EXPECT_THAT(first("Deductions\n\nPAYE tax 414.60\n\nNI 186.97\n\nPension 12.00\n\nIt is not in the rest.",
                    "How much is national insurance?"),
              testing::HasSubstr("NI 186.97"));
  const char* table =
      "Test            Result    Unit      Reference range\nSodium          139       mmol/L    135 - 145\n"
      "Potassium       3.3       mmol/L    3.5 - 5.1\nChloride        99        mmol/L    95 - 105";
  const Document results = made_document(table, "results.pdf");
  const auto source = source_of(results);
  const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask("What is the reference range of potassium?");
  EXPECT_THAT(got.answer, testing::HasSubstr("3.5 - 5.1")) << "its head says what it is";
}

TEST(Quotations, OfTheWhole) {
  const char* letter =
      "Harwell Community Bank plc\n\nYour personal loan - change of payment date\n\nDear Mrs Whitcombe,\n\nThe monthly payment "
      "on your "
      "loan will from now on be collected on the 21st.\n\nYours sincerely,";
  for (const char* question :
       {"What is this document about?", "Summarise this letter.", "What is this?", "What kind of document is this?"}) {
    const Document document = made_document(letter, "letter.pdf");
    const auto source = source_of(document);
    const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask(question);
    EXPECT_THAT(got.answer, testing::HasSubstr("change of payment date")) << question;
    EXPECT_THAT(got.answer, testing::HasSubstr("collected on the 21st")) << question;
  }
  EXPECT_EQ(first(letter, "Summarise the warranty."), "");
  EXPECT_EQ(first(letter, "What is the insurance about?"), "");
  EXPECT_THAT(
      first("MIETVERTRAG\n\nDie Wohnung im zweiten Stock wird an Frau Lindner vermietet.", "Worum geht es in dem Dokument?"),
      testing::HasSubstr("MIETVERTRAG"));
  EXPECT_THAT(first("停水通知\n\n因供水管道检修，本小区将于2025年8月12日停水。", "这份文件讲什么？"),
              testing::HasSubstr("停水通知"));
  const Document one = made_document(letter, "letter.pdf"), other = made_document("停水通知\n\n因供水管道检修，小区将停水。");
  const auto source = source_of(one), second = source_of(other);
  const DocumentAnswer both = DocumentAnswerer({source.get(), second.get()}, nullptr).ask("What are these documents about?");
  EXPECT_THAT(both.answer, testing::HasSubstr("Harwell"));
  EXPECT_THAT(both.answer, testing::HasSubstr("停水通知")) << "of each";
}

TEST(Quotations, AKindOfValueThatStandsThereOnce) {
  const char* const letter =
      "Dear Mr Karlsson,\n\nthank you for your letter. We confirm your appointment with\nDr. Agnes Pfeiffer on 18 July 2024 at "
      "10:15 in room 204.\n\nIf you cannot come, call +49 941 5523 17 or write to desk@pfeiffer.example.\n\nYours "
      "sincerely\nUlrike Sommer";
  struct Case {
    const char* text;
    const char* question;
    const char* holds;  // "": refused
  };
  const char* const slash = "Corner Shop\n12/08/2023 14:37\nMilk 1.20\nTOTAL 1.20";
  const char* const iso = "Corner Shop\n2023-08-12\nMilk 1.20\nTOTAL 1.20";
  const char* const points = "Eckladen\n25.12.2023\nMilch 1,20\nSUMME 1,20";
  const char* const chinese = "便民超市\n2023年8月12日\n牛奶 1.20\n合计 1.20";
  const char* const none = "Corner Shop\nMilk 1.20\nTOTAL 1.20";
  const char* const many = "2023-08-12\n2023-08-13\n2023-08-14\n2023-08-15\n2023-08-16";
  const Case cases[] = {{slash, "What is the date?", "12/08/2023"},
                        {slash, "When was this bought?", "12/08/2023"},
                        {slash, "When was this receipt printed?", "12/08/2023"},
                        {iso, "What is the date?", "2023-08-12"},
                        {iso, "What date is on the receipt?", "2023-08-12"},
                        {points, "What is the date?", "25.12.2023"},
                        {points, "Wann wurde das gekauft?", "25.12.2023"},
                        {points, "Welches Datum hat der Beleg?", "25.12.2023"},
                        {chinese, "日期是什么时候？", "2023年8月12日"},
                        {chinese, "这是什么时候买的？", "2023年8月12日"},
                        {letter, "What is the telephone number?", "+49 941 5523 17"},
                        {letter, "What is the e-mail address?", "desk@pfeiffer.example"},
                        {letter, "Who is the doctor?", "Agnes Pfeiffer"},
                        {"Between Hartwell Timber Ltd, Bristol, and Ms Priya Venkataraman the following is agreed.",
                         "What are the parties?", "Hartwell Timber Ltd"},
                        {none, "What is the date?", ""},
                        {none, "When was this bought?", ""},
                        {none, "What is the e-mail address?", ""},
                        {many, "What is the date?", ""},
                        {slash, "When was the bridge built?", ""},
                        {slash, "When was the car bought?", ""},
                        {slash, "Who is the doctor?", ""},
                        {slash, "What is the date of birth?", ""}};
  for (const Case& one : cases) {
    const std::string got = first(one.text, one.question);
    if (*one.holds)
      EXPECT_THAT(got, testing::HasSubstr(one.holds)) << one.question;
    else
      EXPECT_EQ(got, "") << one.question;
  }
}

TEST(Quotations, TheTextItself) {
  const Document document = made_document("Corner Shop\n12 Mill Lane\n\nMilk 1.20\nTOTAL 1.20", "receipt.png");
  const auto source = source_of(document);
  for (const char* question : {"read the text on this picture", "What is written on it?", "Show me the text", "What does it say?",
                               "Please transcribe it", "What text is in the image?", "Was steht auf dem Bild?",
                               "Lies den Text vor", "图片上写了什么？", "读出图中的文字"}) {
    const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask(question);
    EXPECT_TRUE(got.found) << question;
    EXPECT_THAT(got.answer, testing::HasSubstr("Corner Shop 12 Mill Lane")) << question;
    EXPECT_THAT(got.answer, testing::HasSubstr("TOTAL 1.20")) << question;
  }
  for (const char* question : {"What is written about the warranty?", "What does it say about dogs?", "Read the insurance number",
                               "Was steht über Haustiere?", "图片上写了关于保险的什么？"})
    EXPECT_FALSE(DocumentAnswerer({source.get()}, nullptr).ask(question).found) << question;
  const Document empty = made_document("");
  const auto nothing = source_of(empty);
  EXPECT_FALSE(DocumentAnswerer({nothing.get()}, nullptr).ask("Read the text").found);
  EXPECT_THAT(first("Employment contract\n\nThe employment begins on 1 September 2021 and the probation period is six months.",
                    "List the main points"),
              testing::HasSubstr("Employment contract"));
}

TEST(Quotations, PapersInSeveralTongues) {
  // The table of words knows more of a Chinese question than its own terms, where a paper is in another language.
  const Document german = made_document("Der Vertrag endet am 31. Dezember 2026.\n\nDie Nummer ist 17.", "vertrag.pdf");
  const Document chinese = made_document("本合同编号为十七，于2026年12月31日到期。", "合同.pdf");
  const auto first_source = source_of(german), second_source = source_of(chinese);
  for (const char* question : {"合同几号到期？", "合同是多少号？", "水电费多少钱？", "药什么时间吃？"}) {
    const DocumentAnswer one = DocumentAnswerer({first_source.get(), second_source.get()}, nullptr).ask(question);
    const DocumentAnswer other = DocumentAnswerer({second_source.get(), first_source.get()}, nullptr).ask(question);
    EXPECT_EQ(one.found, other.found) << question;
  }
}

TEST(Quotations, OfPapersAsTheyCome) {
  // The name stands below the space for the signature; an item of a list may be a date.
  const char* letter =
      "Dear Mrs Whitcombe,\n\nThank you for your letter. Please pay the amount of your reminder until the\n\n1. December at our "
      "counter.\n\nYours sincerely,\n\nGareth Pemberton";
  EXPECT_EQ(first(letter, "Who signed the letter?"), "Yours sincerely, Gareth Pemberton");
  EXPECT_THAT(first(letter, "When must I pay the amount?"), testing::HasSubstr("1. December"));
  const char* sums = "Total              801.00\nPaid on account    200.00\nBalance due        601.00 GBP";
  EXPECT_THAT(first(sums, "How much was already paid?"), testing::HasSubstr("200.00")) << "a sum needs no currency";
  const char* pay =
      "Bruttoentgelt     3.827,40\nNettoentgelt      2.499,44\n\nDie Auszahlung erfolgt am 29.09.2025 auf das Konto.";
  EXPECT_THAT(first(pay, "Wie hoch ist das Nettogehalt?"), testing::HasSubstr("2.499,44"));
  EXPECT_THAT(first(pay, "Wann wird ausgezahlt?"), testing::HasSubstr("29.09.2025"));
  EXPECT_THAT(first("Place: Anchor Inn\n\nThe next meeting is held on 9 April 2026.\n\nThe meeting was held on 3 April 2025.",
                    "When was the meeting held?"),
              testing::HasSubstr("2025"));
  EXPECT_THAT(first("Zusammen mit der Mahngebiihr von 5,00 EUR betragt Ihr Rtickstand 99,00 EUR.\n\nDie Frist ist kurz.",
                    "Wie hoch ist der R\u00FCckstand?", 70),
              testing::HasSubstr("99,00"));
  // A list of labels and values is no head row over values.
  EXPECT_THAT(
      first("Landlord       Mr Dominic Okafor\nTenant         Ms Sigrid Larsen\nGuarantor      Mr Knut Larsen\nFlat           2",
            "Who is the tenant?"),
      testing::HasSubstr("Sigrid Larsen"));
}

TEST(Quotations, AWideBlankOfAJustifiedLineEndsNoSentence) {
  Document document =
      made_document("The bridge opens in May. It was designed by Signe\nHolloway and has two lanes for carriages.");
  std::vector<Word>& words = document.pages[0].blocks[0].lines[0].words;
  for (size_t w = 0; w < words.size(); ++w) words[w].box.x0 += 8 * double(w), words[w].box.x1 += 8 * double(w);
  document.pages[0].blocks[0].lines[0].box.x1 = words.back().box.x1;
  const auto source = source_of(document);
  const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask("Who designed the bridge?");
  ASSERT_FALSE(got.citations.empty());
  EXPECT_EQ(got.citations[0].quote, "It was designed by Signe Holloway and has two lanes for carriages.");
}

TEST(Quotations, WhatWasHardToReadIsQuotedAndNotAnswered) {
  const auto ask = [](double confidence) {
    const Document document = made_document("Total due: 833,900.00\n\nPlease pay soon.", "scan.png", confidence);
    const auto source = source_of(document);
    return DocumentAnswerer({source.get()}, nullptr).ask("What is the total amount due?");
  };
  EXPECT_EQ(ask(95).answer, "833,900.00 [1]");
  const DocumentAnswer doubtful = ask(35);
  EXPECT_TRUE(doubtful.found);
  ASSERT_FALSE(doubtful.citations.empty());
  EXPECT_EQ(doubtful.citations[0].quote, "Total due: 833,900.00");
  EXPECT_EQ(doubtful.citations[0].statement, "");
  ASSERT_FALSE(doubtful.warnings.empty());
  EXPECT_EQ(doubtful.warnings[0].code, "hard_to_read");
}

TEST(Quotations, NothingIsQuotedTwice) {
  Document document = made_document(
      "Lease number 77 of the workshop\n\nThe yearly inspection of the workshop is in May.\n\nTools are in the workshop.\f"
      "Lease number 77 of the workshop\n\nThe yearly inspection of the workshop is in May.\n\nNothing else is to be said.");
  document.pages[1].blocks[0].type = Block::Type::header;
  document.pages[1].blocks[0].repeats = 1;
  const auto source = source_of(document);
  const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask("Which workshop has an inspection?");
  ASSERT_EQ(got.citations.size(), 3u) << got.answer;
  EXPECT_EQ(got.citations[0].quote, "The yearly inspection of the workshop is in May.");
  for (const Citation& citation : got.citations) EXPECT_EQ(citation.page, 1) << citation.quote;
}

TEST(Quotations, WhatStandsNowhereIsNotQuoted) {
  for (const char* question : {"Who painted the ceiling of the cathedral?", "Which zeppelin flies to Quito?",
                               "How many passengers does the aeroplane carry?", "When was the bridge built?",
                               "Where is the emperor buried?", "Why is the ocean salty?", "飞机票多少钱？", "皇帝是谁？"})
    for (const auto& papers :
         {std::span<const Paper>(tuned), std::span<const Paper>(tuned_later), std::span<const Paper>(held_out)})
      for (const Paper& paper : papers) {
        const Document document = made_document(paper.text, paper.name);
        const auto source = source_of(document);
        const DocumentAnswer got = DocumentAnswerer({source.get()}, nullptr).ask(question);
        EXPECT_FALSE(got.found) << paper.name << ": " << question << " " << got.answer;
      }
}

}  // namespace
}  // namespace bifrons
