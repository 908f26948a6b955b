# Run by CTest: fails when an object file of a dispatched source holds a symbol that the linker may merge with another file's
# (kernels/cpu/isa.h says why that would be an illegal instruction elsewhere). NM: the tool; OBJECTS: the files.
execute_process(COMMAND ${NM} -C ${OBJECTS} OUTPUT_VARIABLE symbols RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${NM} failed: ${result}")
endif()
string(REGEX MATCHALL " [WVuw] [^\n]*" weak "${symbols}")
if(weak)
  message(FATAL_ERROR "symbols that the linker may merge: ${weak}")
endif()
