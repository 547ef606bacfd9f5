// Generated from schema/ by `npm run generate`: change the schemas instead.

export const isConfig = validate21;
function validate22(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.path === undefined) && (missing0 = "path")){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.readonly !== undefined){
if(typeof data.readonly !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
function validate25(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.height === undefined) && (missing0 = "height")) || ((data.width === undefined) && (missing0 = "width"))){
return false;
}
else {
if(data.height !== undefined){
if(!(uint64(data.height))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.width !== undefined){
if(!(uint64(data.width))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
function validate27(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uid !== undefined){
let data0 = data.uid;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.gid !== undefined){
let data1 = data.gid;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.umask !== undefined){
let data2 = data.umask;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
return false;
}
{
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 4294967295 || isNaN(data2)){
return false;
}
else {
if(data2 < 0 || isNaN(data2)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.additionalGids !== undefined){
let data3 = data.additionalGids;
{
if(Array.isArray(data3)){
var valid1 = true;
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
return false;
}
{
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 4294967295 || isNaN(data4)){
return false;
}
else {
if(data4 < 0 || isNaN(data4)){
return false;
}
}
}
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.username !== undefined){
if(typeof data.username !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate29(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.bounding !== undefined){
let data0 = data.bounding;
{
if(Array.isArray(data0)){
var valid1 = true;
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(typeof data0[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.effective !== undefined){
let data2 = data.effective;
{
if(Array.isArray(data2)){
var valid2 = true;
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(typeof data2[i1] !== "string"){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.inheritable !== undefined){
let data4 = data.inheritable;
{
if(Array.isArray(data4)){
var valid3 = true;
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(typeof data4[i2] !== "string"){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.permitted !== undefined){
let data6 = data.permitted;
{
if(Array.isArray(data6)){
var valid4 = true;
const len3 = data6.length;
for(let i3=0; i3<len3; i3++){
if(typeof data6[i3] !== "string"){
return false;
}
var valid4 = true;
if(!valid4){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ambient !== undefined){
let data8 = data.ambient;
{
if(Array.isArray(data8)){
var valid5 = true;
const len4 = data8.length;
for(let i4=0; i4<len4; i4++){
if(typeof data8[i4] !== "string"){
return false;
}
var valid5 = true;
if(!valid5){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate31(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.type === undefined) && (missing0 = "type")) || ((data.soft === undefined) && (missing0 = "soft"))) || ((data.hard === undefined) && (missing0 = "hard"))){
return false;
}
else {
if(data.type !== undefined){
let data0 = data.type;
if(!((((((((((((((((data0 === "RLIMIT_AS") || (data0 === "RLIMIT_CORE")) || (data0 === "RLIMIT_CPU")) || (data0 === "RLIMIT_DATA")) || (data0 === "RLIMIT_FSIZE")) || (data0 === "RLIMIT_LOCKS")) || (data0 === "RLIMIT_MEMLOCK")) || (data0 === "RLIMIT_MSGQUEUE")) || (data0 === "RLIMIT_NICE")) || (data0 === "RLIMIT_NOFILE")) || (data0 === "RLIMIT_NPROC")) || (data0 === "RLIMIT_RSS")) || (data0 === "RLIMIT_RTPRIO")) || (data0 === "RLIMIT_RTTIME")) || (data0 === "RLIMIT_SIGPENDING")) || (data0 === "RLIMIT_STACK"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.soft !== undefined){
if(!(uint64(data.soft))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hard !== undefined){
if(!(uint64(data.hard))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate33(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.policy === undefined) && (missing0 = "policy")){
return false;
}
else {
if(data.policy !== undefined){
let data0 = data.policy;
if(!(((((((data0 === "SCHED_OTHER") || (data0 === "SCHED_FIFO")) || (data0 === "SCHED_RR")) || (data0 === "SCHED_BATCH")) || (data0 === "SCHED_ISO")) || (data0 === "SCHED_IDLE")) || (data0 === "SCHED_DEADLINE"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.nice !== undefined){
let data1 = data.nice;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 2147483647 || isNaN(data1)){
return false;
}
else {
if(data1 < -2147483648 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.priority !== undefined){
let data2 = data.priority;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
return false;
}
{
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 2147483647 || isNaN(data2)){
return false;
}
else {
if(data2 < -2147483648 || isNaN(data2)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.flags !== undefined){
let data3 = data.flags;
{
if(Array.isArray(data3)){
var valid1 = true;
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(!(((((((data4 === "SCHED_FLAG_RESET_ON_FORK") || (data4 === "SCHED_FLAG_RECLAIM")) || (data4 === "SCHED_FLAG_DL_OVERRUN")) || (data4 === "SCHED_FLAG_KEEP_POLICY")) || (data4 === "SCHED_FLAG_KEEP_PARAMS")) || (data4 === "SCHED_FLAG_UTIL_CLAMP_MIN")) || (data4 === "SCHED_FLAG_UTIL_CLAMP_MAX"))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.runtime !== undefined){
if(!(uint64(data.runtime))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.deadline !== undefined){
if(!(uint64(data.deadline))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.period !== undefined){
if(!(uint64(data.period))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate35(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.class === undefined) && (missing0 = "class")){
return false;
}
else {
if(data.class !== undefined){
let data0 = data.class;
if(!(((data0 === "IOPRIO_CLASS_RT") || (data0 === "IOPRIO_CLASS_BE")) || (data0 === "IOPRIO_CLASS_IDLE"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.priority !== undefined){
let data1 = data.priority;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 2147483647 || isNaN(data1)){
return false;
}
else {
if(data1 < -2147483648 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
const pattern0 = new RegExp("^[0-9, -]*$", "u");
function validate37(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.initial !== undefined){
let data0 = data.initial;
{
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
return false;
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.final !== undefined){
let data1 = data.final;
{
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
return false;
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
else {
return false;
}
}
return true;
}
function validate24(data){
/*# sourceURL="process.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.cwd === undefined) && (missing0 = "cwd")){
return false;
}
else {
if(data.terminal !== undefined){
if(typeof data.terminal !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.consoleSize !== undefined){
if(!(validate25(data.consoleSize))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cwd !== undefined){
if(typeof data.cwd !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.args !== undefined){
let data3 = data.args;
{
if(Array.isArray(data3)){
var valid1 = true;
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.env !== undefined){
let data5 = data.env;
{
if(Array.isArray(data5)){
var valid2 = true;
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(typeof data5[i1] !== "string"){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.commandLine !== undefined){
if(typeof data.commandLine !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.user !== undefined){
if(!(validate27(data.user))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.capabilities !== undefined){
if(!(validate29(data.capabilities))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.rlimits !== undefined){
let data10 = data.rlimits;
{
if(Array.isArray(data10)){
var valid3 = true;
const len2 = data10.length;
for(let i2=0; i2<len2; i2++){
if(!(validate31(data10[i2]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.noNewPrivileges !== undefined){
if(typeof data.noNewPrivileges !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.apparmorProfile !== undefined){
if(typeof data.apparmorProfile !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.selinuxLabel !== undefined){
if(typeof data.selinuxLabel !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.oomScoreAdj !== undefined){
let data15 = data.oomScoreAdj;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
return false;
}
{
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 1000 || isNaN(data15)){
return false;
}
else {
if(data15 < -1000 || isNaN(data15)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.scheduler !== undefined){
if(!(validate33(data.scheduler))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ioPriority !== undefined){
if(!(validate35(data.ioPriority))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.execCPUAffinity !== undefined){
if(!(validate37(data.execCPUAffinity))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate41(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.containerID === undefined) && (missing0 = "containerID")) || ((data.hostID === undefined) && (missing0 = "hostID"))) || ((data.size === undefined) && (missing0 = "size"))){
return false;
}
else {
if(data.containerID !== undefined){
let data0 = data.containerID;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hostID !== undefined){
let data1 = data.hostID;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.size !== undefined){
let data2 = data.size;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
return false;
}
{
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 4294967295 || isNaN(data2)){
return false;
}
else {
if(data2 < 0 || isNaN(data2)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate40(data){
/*# sourceURL="mounts.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.destination === undefined) && (missing0 = "destination")){
return false;
}
else {
if(data.destination !== undefined){
if(typeof data.destination !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.type !== undefined){
if(typeof data.type !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.source !== undefined){
if(typeof data.source !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.options !== undefined){
let data3 = data.options;
{
if(Array.isArray(data3)){
var valid1 = true;
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.uidMappings !== undefined){
let data5 = data.uidMappings;
{
if(Array.isArray(data5)){
var valid2 = true;
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(!(validate41(data5[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.gidMappings !== undefined){
let data7 = data.gidMappings;
{
if(Array.isArray(data7)){
var valid3 = true;
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
if(!(validate41(data7[i2]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate46(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.path === undefined) && (missing0 = "path")){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.args !== undefined){
let data1 = data.args;
{
if(Array.isArray(data1)){
var valid1 = true;
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.env !== undefined){
let data3 = data.env;
{
if(Array.isArray(data3)){
var valid2 = true;
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(typeof data3[i1] !== "string"){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeout !== undefined){
let data5 = data.timeout;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
return false;
}
{
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 1 || isNaN(data5)){
return false;
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate45(data){
/*# sourceURL="hooks.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.prestart !== undefined){
let data0 = data.prestart;
{
if(Array.isArray(data0)){
var valid1 = true;
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate46(data0[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.createRuntime !== undefined){
let data2 = data.createRuntime;
{
if(Array.isArray(data2)){
var valid2 = true;
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate46(data2[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.createContainer !== undefined){
let data4 = data.createContainer;
{
if(Array.isArray(data4)){
var valid3 = true;
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(!(validate46(data4[i2]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.startContainer !== undefined){
let data6 = data.startContainer;
{
if(Array.isArray(data6)){
var valid4 = true;
const len3 = data6.length;
for(let i3=0; i3<len3; i3++){
if(!(validate46(data6[i3]))){
return false;
}
var valid4 = true;
if(!valid4){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.poststart !== undefined){
let data8 = data.poststart;
{
if(Array.isArray(data8)){
var valid5 = true;
const len4 = data8.length;
for(let i4=0; i4<len4; i4++){
if(!(validate46(data8[i4]))){
return false;
}
var valid5 = true;
if(!valid5){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.poststop !== undefined){
let data10 = data.poststop;
{
if(Array.isArray(data10)){
var valid6 = true;
const len5 = data10.length;
for(let i5=0; i5<len5; i5++){
if(!(validate46(data10[i5]))){
return false;
}
var valid6 = true;
if(!valid6){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate56(data){
if(!((((((((data === "mount") || (data === "pid")) || (data === "network")) || (data === "uts")) || (data === "ipc")) || (data === "user")) || (data === "cgroup")) || (data === "time"))){
return false;
}
return true;
}
function validate55(data){
/*# sourceURL="namespaces.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.type === undefined) && (missing0 = "type")){
return false;
}
else {
if(data.type !== undefined){
if(!(validate56(data.type))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
function validate59(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.containerID === undefined) && (missing0 = "containerID")) || ((data.hostID === undefined) && (missing0 = "hostID"))) || ((data.size === undefined) && (missing0 = "size"))){
return false;
}
else {
if(data.containerID !== undefined){
let data0 = data.containerID;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hostID !== undefined){
let data1 = data.hostID;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.size !== undefined){
let data2 = data.size;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
return false;
}
{
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 4294967295 || isNaN(data2)){
return false;
}
else {
if(data2 < 0 || isNaN(data2)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate63(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.secs !== undefined){
if(!(int64(data.secs))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.nanosecs !== undefined){
let data1 = data.nanosecs;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
else {
return false;
}
}
return true;
}
function validate62(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.monotonic !== undefined){
if(!(validate63(data.monotonic))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.boottime !== undefined){
if(!(validate63(data.boottime))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
else {
return false;
}
}
return true;
}
function validate67(data){
/*# sourceURL="devices.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.type === undefined) && (missing0 = "type")) || ((data.path === undefined) && (missing0 = "path"))){
return false;
}
else {
if(data.type !== undefined){
let data0 = data.type;
if(!((((data0 === "c") || (data0 === "b")) || (data0 === "u")) || (data0 === "p"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.major !== undefined){
if(!(int64(data.major))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.minor !== undefined){
if(!(int64(data.minor))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.fileMode !== undefined){
let data4 = data.fileMode;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
return false;
}
{
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 4294967295 || isNaN(data4)){
return false;
}
else {
if(data4 < 0 || isNaN(data4)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.uid !== undefined){
let data5 = data.uid;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
return false;
}
{
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 4294967295 || isNaN(data5)){
return false;
}
else {
if(data5 < 0 || isNaN(data5)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.gid !== undefined){
let data6 = data.gid;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
return false;
}
{
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 4294967295 || isNaN(data6)){
return false;
}
else {
if(data6 < 0 || isNaN(data6)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate69(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name !== undefined){
if(typeof data.name !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}
function validate72(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.allow === undefined) && (missing0 = "allow")){
return false;
}
else {
if(data.allow !== undefined){
if(typeof data.allow !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.type !== undefined){
if(typeof data.type !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.major !== undefined){
if(!(int64(data.major))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.minor !== undefined){
if(!(int64(data.minor))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.access !== undefined){
if(typeof data.access !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate74(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.limit !== undefined){
if(!(int64(data.limit))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.reservation !== undefined){
if(!(int64(data.reservation))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.swap !== undefined){
if(!(int64(data.swap))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kernel !== undefined){
if(!(int64(data.kernel))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kernelTCP !== undefined){
if(!(int64(data.kernelTCP))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.swappiness !== undefined){
if(!(uint64(data.swappiness))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.disableOOMKiller !== undefined){
if(typeof data.disableOOMKiller !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.useHierarchy !== undefined){
if(typeof data.useHierarchy !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.checkBeforeUpdate !== undefined){
if(typeof data.checkBeforeUpdate !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate76(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.shares !== undefined){
if(!(uint64(data.shares))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.quota !== undefined){
if(!(int64(data.quota))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.burst !== undefined){
if(!(uint64(data.burst))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.period !== undefined){
if(!(uint64(data.period))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.realtimeRuntime !== undefined){
if(!(int64(data.realtimeRuntime))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.realtimePeriod !== undefined){
if(!(uint64(data.realtimePeriod))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cpus !== undefined){
if(typeof data.cpus !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.mems !== undefined){
if(typeof data.mems !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.idle !== undefined){
if(!(int64(data.idle))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate78(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.limit !== undefined){
if(!(int64(data.limit))){
return false;
}
}
}
else {
return false;
}
}
return true;
}
function validate81(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.major === undefined) && (missing0 = "major")) || ((data.minor === undefined) && (missing0 = "minor"))){
return false;
}
else {
if(data.major !== undefined){
if(!(int64(data.major))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.minor !== undefined){
if(!(int64(data.minor))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.weight !== undefined){
let data2 = data.weight;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
return false;
}
{
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 65535 || isNaN(data2)){
return false;
}
else {
if(data2 < 0 || isNaN(data2)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.leafWeight !== undefined){
let data3 = data.leafWeight;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
return false;
}
{
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 65535 || isNaN(data3)){
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate83(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.major === undefined) && (missing0 = "major")) || ((data.minor === undefined) && (missing0 = "minor"))) || ((data.rate === undefined) && (missing0 = "rate"))){
return false;
}
else {
if(data.major !== undefined){
if(!(int64(data.major))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.minor !== undefined){
if(!(int64(data.minor))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.rate !== undefined){
if(!(uint64(data.rate))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate80(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.weight !== undefined){
let data0 = data.weight;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 65535 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.leafWeight !== undefined){
let data1 = data.leafWeight;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 65535 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.weightDevice !== undefined){
let data2 = data.weightDevice;
{
if(Array.isArray(data2)){
var valid1 = true;
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate81(data2[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.throttleReadBpsDevice !== undefined){
let data4 = data.throttleReadBpsDevice;
{
if(Array.isArray(data4)){
var valid2 = true;
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate83(data4[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.throttleWriteBpsDevice !== undefined){
let data6 = data.throttleWriteBpsDevice;
{
if(Array.isArray(data6)){
var valid3 = true;
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
if(!(validate83(data6[i2]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.throttleReadIOPSDevice !== undefined){
let data8 = data.throttleReadIOPSDevice;
{
if(Array.isArray(data8)){
var valid4 = true;
const len3 = data8.length;
for(let i3=0; i3<len3; i3++){
if(!(validate83(data8[i3]))){
return false;
}
var valid4 = true;
if(!valid4){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.throttleWriteIOPSDevice !== undefined){
let data10 = data.throttleWriteIOPSDevice;
{
if(Array.isArray(data10)){
var valid5 = true;
const len4 = data10.length;
for(let i4=0; i4<len4; i4++){
if(!(validate83(data10[i4]))){
return false;
}
var valid5 = true;
if(!valid5){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
const pattern2 = new RegExp("^[1-9][0-9]*[KMG]B$", "u");
function validate89(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.pageSize === undefined) && (missing0 = "pageSize")) || ((data.limit === undefined) && (missing0 = "limit"))){
return false;
}
else {
if(data.pageSize !== undefined){
let data0 = data.pageSize;
{
if(typeof data0 === "string"){
if(!pattern2.test(data0)){
return false;
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.limit !== undefined){
if(!(uint64(data.limit))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
function validate92(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.name === undefined) && (missing0 = "name")) || ((data.priority === undefined) && (missing0 = "priority"))){
return false;
}
else {
if(data.name !== undefined){
if(typeof data.name !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.priority !== undefined){
let data1 = data.priority;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
function validate91(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.classID !== undefined){
let data0 = data.classID;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.priorities !== undefined){
let data1 = data.priorities;
{
if(Array.isArray(data1)){
var valid1 = true;
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate92(data1[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
else {
return false;
}
}
return true;
}
function validate95(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.hcaHandles !== undefined){
let data0 = data.hcaHandles;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hcaObjects !== undefined){
let data1 = data.hcaObjects;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
else {
return false;
}
}
return true;
}
function validate71(data){
/*# sourceURL="resources.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.devices !== undefined){
let data0 = data.devices;
{
if(Array.isArray(data0)){
var valid1 = true;
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate72(data0[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.memory !== undefined){
if(!(validate74(data.memory))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cpu !== undefined){
if(!(validate76(data.cpu))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.pids !== undefined){
if(!(validate78(data.pids))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.blockIO !== undefined){
if(!(validate80(data.blockIO))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hugepageLimits !== undefined){
let data6 = data.hugepageLimits;
{
if(Array.isArray(data6)){
var valid2 = true;
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
if(!(validate89(data6[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.network !== undefined){
if(!(validate91(data.network))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.rdma !== undefined){
let data9 = data.rdma;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key0 in data9){
if(!(validate95(data9[key0]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.unified !== undefined){
let data11 = data.unified;
{
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key1 in data11){
if(typeof data11[key1] !== "string"){
return false;
}
var valid4 = true;
if(!valid4){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
const pattern3 = new RegExp("^MB:[^\\n]*$", "u");
function validate98(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.closID !== undefined){
if(typeof data.closID !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.schemata !== undefined){
let data1 = data.schemata;
{
if(Array.isArray(data1)){
var valid1 = true;
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.l3CacheSchema !== undefined){
if(typeof data.l3CacheSchema !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.memBwSchema !== undefined){
let data4 = data.memBwSchema;
{
if(typeof data4 === "string"){
if(!pattern3.test(data4)){
return false;
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.enableMonitoring !== undefined){
if(typeof data.enableMonitoring !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.enableCMT !== undefined){
if(typeof data.enableCMT !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.enableMBM !== undefined){
if(typeof data.enableMBM !== "boolean"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate100(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.mode === undefined) && (missing0 = "mode")){
return false;
}
else {
if(data.mode !== undefined){
let data0 = data.mode;
if(!(((((((data0 === "MPOL_DEFAULT") || (data0 === "MPOL_BIND")) || (data0 === "MPOL_INTERLEAVE")) || (data0 === "MPOL_WEIGHTED_INTERLEAVE")) || (data0 === "MPOL_PREFERRED")) || (data0 === "MPOL_PREFERRED_MANY")) || (data0 === "MPOL_LOCAL"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.nodes !== undefined){
if(typeof data.nodes !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.flags !== undefined){
let data2 = data.flags;
{
if(Array.isArray(data2)){
var valid1 = true;
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(!(((data3 === "MPOL_F_NUMA_BALANCING") || (data3 === "MPOL_F_RELATIVE_NODES")) || (data3 === "MPOL_F_STATIC_NODES"))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate102(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.domain === undefined) && (missing0 = "domain")){
return false;
}
else {
if(data.domain !== undefined){
let data0 = data.domain;
if(!((data0 === "LINUX") || (data0 === "LINUX32"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.flags !== undefined){
let data1 = data.flags;
{
if(Array.isArray(data1)){
var valid1 = true;
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
else {
return false;
}
}
return true;
}
function validate105(data){
if(!(((((((((data === "SCMP_ACT_KILL") || (data === "SCMP_ACT_KILL_PROCESS")) || (data === "SCMP_ACT_KILL_THREAD")) || (data === "SCMP_ACT_TRAP")) || (data === "SCMP_ACT_ERRNO")) || (data === "SCMP_ACT_TRACE")) || (data === "SCMP_ACT_ALLOW")) || (data === "SCMP_ACT_LOG")) || (data === "SCMP_ACT_NOTIFY"))){
return false;
}
return true;
}
function validate107(data){
if(!(((((((((((((((((((((((data === "SCMP_ARCH_X86") || (data === "SCMP_ARCH_X86_64")) || (data === "SCMP_ARCH_X32")) || (data === "SCMP_ARCH_ARM")) || (data === "SCMP_ARCH_AARCH64")) || (data === "SCMP_ARCH_LOONGARCH64")) || (data === "SCMP_ARCH_M68K")) || (data === "SCMP_ARCH_MIPS")) || (data === "SCMP_ARCH_MIPS64")) || (data === "SCMP_ARCH_MIPS64N32")) || (data === "SCMP_ARCH_MIPSEL")) || (data === "SCMP_ARCH_MIPSEL64")) || (data === "SCMP_ARCH_MIPSEL64N32")) || (data === "SCMP_ARCH_PPC")) || (data === "SCMP_ARCH_PPC64")) || (data === "SCMP_ARCH_PPC64LE")) || (data === "SCMP_ARCH_S390")) || (data === "SCMP_ARCH_S390X")) || (data === "SCMP_ARCH_SH")) || (data === "SCMP_ARCH_SHEB")) || (data === "SCMP_ARCH_PARISC")) || (data === "SCMP_ARCH_PARISC64")) || (data === "SCMP_ARCH_RISCV64"))){
return false;
}
return true;
}
function validate109(data){
if(!((((data === "SECCOMP_FILTER_FLAG_TSYNC") || (data === "SECCOMP_FILTER_FLAG_LOG")) || (data === "SECCOMP_FILTER_FLAG_SPEC_ALLOW")) || (data === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))){
return false;
}
return true;
}
function validate114(data){
if(!(((((((data === "SCMP_CMP_NE") || (data === "SCMP_CMP_LT")) || (data === "SCMP_CMP_LE")) || (data === "SCMP_CMP_EQ")) || (data === "SCMP_CMP_GE")) || (data === "SCMP_CMP_GT")) || (data === "SCMP_CMP_MASKED_EQ"))){
return false;
}
return true;
}
function validate113(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.index === undefined) && (missing0 = "index")) || ((data.value === undefined) && (missing0 = "value"))) || ((data.op === undefined) && (missing0 = "op"))){
return false;
}
else {
if(data.index !== undefined){
let data0 = data.index;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
return false;
}
{
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
return false;
}
else {
if(data0 < 0 || isNaN(data0)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.value !== undefined){
if(!(uint64(data.value))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.valueTwo !== undefined){
if(!(uint64(data.valueTwo))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.op !== undefined){
if(!(validate114(data.op))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate111(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.names === undefined) && (missing0 = "names")) || ((data.action === undefined) && (missing0 = "action"))){
return false;
}
else {
if(data.names !== undefined){
let data0 = data.names;
{
if(Array.isArray(data0)){
if(data0.length < 1){
return false;
}
else {
var valid1 = true;
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(typeof data0[i0] !== "string"){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.action !== undefined){
if(!(validate105(data.action))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.errnoRet !== undefined){
let data3 = data.errnoRet;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
return false;
}
{
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 4294967295 || isNaN(data3)){
return false;
}
else {
if(data3 < 0 || isNaN(data3)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.args !== undefined){
let data4 = data.args;
{
if(Array.isArray(data4)){
var valid2 = true;
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate113(data4[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate104(data){
/*# sourceURL="seccomp.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.defaultAction === undefined) && (missing0 = "defaultAction")){
return false;
}
else {
if(data.defaultAction !== undefined){
if(!(validate105(data.defaultAction))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.defaultErrnoRet !== undefined){
let data1 = data.defaultErrnoRet;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
return false;
}
{
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 4294967295 || isNaN(data1)){
return false;
}
else {
if(data1 < 0 || isNaN(data1)){
return false;
}
}
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.architectures !== undefined){
let data2 = data.architectures;
{
if(Array.isArray(data2)){
var valid1 = true;
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate107(data2[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.flags !== undefined){
let data4 = data.flags;
{
if(Array.isArray(data4)){
var valid2 = true;
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate109(data4[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.listenerPath !== undefined){
if(typeof data.listenerPath !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.listenerMetadata !== undefined){
if(typeof data.listenerMetadata !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.syscalls !== undefined){
let data8 = data.syscalls;
{
if(Array.isArray(data8)){
var valid3 = true;
const len2 = data8.length;
for(let i2=0; i2<len2; i2++){
if(!(validate111(data8[i2]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate54(data){
/*# sourceURL="linux.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
var valid1 = true;
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate55(data0[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.uidMappings !== undefined){
let data2 = data.uidMappings;
{
if(Array.isArray(data2)){
var valid2 = true;
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate59(data2[i1]))){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.gidMappings !== undefined){
let data4 = data.gidMappings;
{
if(Array.isArray(data4)){
var valid3 = true;
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(!(validate59(data4[i2]))){
return false;
}
var valid3 = true;
if(!valid3){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeOffsets !== undefined){
if(!(validate62(data.timeOffsets))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.devices !== undefined){
let data7 = data.devices;
{
if(Array.isArray(data7)){
var valid4 = true;
const len3 = data7.length;
for(let i3=0; i3<len3; i3++){
if(!(validate67(data7[i3]))){
return false;
}
var valid4 = true;
if(!valid4){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.netDevices !== undefined){
let data9 = data.netDevices;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key0 in data9){
if(!(validate69(data9[key0]))){
return false;
}
var valid5 = true;
if(!valid5){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cgroupsPath !== undefined){
if(typeof data.cgroupsPath !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.resources !== undefined){
if(!(validate71(data.resources))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.intelRdt !== undefined){
if(!(validate98(data.intelRdt))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.memoryPolicy !== undefined){
if(!(validate100(data.memoryPolicy))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.personality !== undefined){
if(!(validate102(data.personality))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sysctl !== undefined){
let data16 = data.sysctl;
{
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key1 in data16){
if(typeof data16[key1] !== "string"){
return false;
}
var valid6 = true;
if(!valid6){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.seccomp !== undefined){
if(!(validate104(data.seccomp))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.rootfsPropagation !== undefined){
let data19 = data.rootfsPropagation;
if(!((((((((data19 === "private") || (data19 === "rprivate")) || (data19 === "shared")) || (data19 === "rshared")) || (data19 === "slave")) || (data19 === "rslave")) || (data19 === "unbindable")) || (data19 === "runbindable"))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.maskedPaths !== undefined){
let data20 = data.maskedPaths;
{
if(Array.isArray(data20)){
var valid7 = true;
const len4 = data20.length;
for(let i4=0; i4<len4; i4++){
if(typeof data20[i4] !== "string"){
return false;
}
var valid7 = true;
if(!valid7){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.readonlyPaths !== undefined){
let data22 = data.readonlyPaths;
{
if(Array.isArray(data22)){
var valid8 = true;
const len5 = data22.length;
for(let i5=0; i5<len5; i5++){
if(typeof data22[i5] !== "string"){
return false;
}
var valid8 = true;
if(!valid8){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.mountLabel !== undefined){
if(typeof data.mountLabel !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
function validate21(data){
/*# sourceURL="config.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.ociVersion === undefined) && (missing0 = "ociVersion")){
return false;
}
else {
if(data.ociVersion !== undefined){
if(typeof data.ociVersion !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.root !== undefined){
if(!(validate22(data.root))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.process !== undefined){
if(!(validate24(data.process))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hostname !== undefined){
if(typeof data.hostname !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.domainname !== undefined){
if(typeof data.domainname !== "string"){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.mounts !== undefined){
let data5 = data.mounts;
{
if(Array.isArray(data5)){
var valid1 = true;
const len0 = data5.length;
for(let i0=0; i0<len0; i0++){
if(!(validate40(data5[i0]))){
return false;
}
var valid1 = true;
if(!valid1){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hooks !== undefined){
if(!(validate45(data.hooks))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.annotations !== undefined){
let data8 = data.annotations;
{
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
for(const key0 in data8){
if(typeof data8[key0] !== "string"){
return false;
}
var valid2 = true;
if(!valid2){
break;
}
}
}
else {
return false;
}
}
var valid0 = true;
}
else {
var valid0 = true;
}
if(valid0){
if(data.linux !== undefined){
if(!(validate54(data.linux))){
return false;
}
var valid0 = true;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
export const isProcess = validate24;
export const isResources = validate71;
function int64(n) {
  if (typeof n === 'bigint') return n >= -0x8000000000000000n && n <= 0x7fffffffffffffffn;
  return Number.isInteger(n) && n >= -0x8000000000000000 && n < 0x8000000000000000;
}
function uint64(n) {
  if (typeof n === 'bigint') return n >= 0n && n <= 0xffffffffffffffffn;
  return Number.isInteger(n) && n >= 0 && n < 0x10000000000000000;
}
