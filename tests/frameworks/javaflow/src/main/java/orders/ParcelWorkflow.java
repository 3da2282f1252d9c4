package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.Signal;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;

/** One parcel of a shipment; it waits until a signal tells its weight, and fails if it is too heavy. */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 120)
public interface ParcelWorkflow {
    @Execute(name = "Parcel", version = "1.0")
    Promise<String> deliver(int number);

    @Signal(name = "weigh")
    void weigh(int grams);
}
